import type {BackfillDestination, BackfillStatus} from '../ecr/backfill-api.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {FailureError} from '../errors.ts'
import type {Door} from '../plan/door.ts'
import {assertStartable, assertStoppable, isRunning, listBackfills, readBackfill} from './backfill-state.ts'

/** Everything that this room may change. */
export interface ReplicationMutations {
  /**
   * @returns the id of the backfill.
   * @throws {RefusalError} BACKFILL_IN_PROGRESS, TOO_MANY_BACKFILLS.
   */
  startBackfill(source: OpenRegistry, destination: BackfillDestination): Promise<string>
  /**
   * @returns how the backfill stands then; `stopping` also when it was asked to stop before.
   * @throws {RefusalError} BACKFILL_HAS_ENDED.
   */
  stopBackfill(source: OpenRegistry, id: string): Promise<BackfillStatus>
}

/** The writes of this room through a door; nothing else in it calls a mutating operation. */
export function replicationMutations(mutate: Door): ReplicationMutations {
  return {
    startBackfill: (source, destination) =>
      mutate({
        intent: {verb: 'start-replication-backfill', subject: subjectOf(source), to: placeOf(destination)},
        async look() {
          assertStartable(await listBackfills(source), destination, source.registry)
          return undefined
        },
        async act() {
          try {
            return await source.api.backfill.startBackfill(destination)
          } catch (error) {
            return begunUnheard(error, source, destination)
          }
        },
        tell: id => ({backfill: id}),
      }),
    stopBackfill: (source, id) =>
      mutate({
        intent: {verb: 'stop-replication-backfill', subject: subjectOf(source), backfill: id},
        async look() {
          const {status} = assertStoppable(await readBackfill(source, id), source.registry)
          return status === 'stopping' ? status : undefined
        },
        act: () => source.api.backfill.stopBackfill(id),
        tell: status => ({status}),
      }),
  }
}

/**
 * A request whose answer was lost was sent again, and ECR says that there is such a backfill: nobody else's was there right
 * before, and it leads where this one was to lead.
 *
 * @throws the error, where that is not so.
 */
async function begunUnheard(
  error: unknown,
  source: OpenRegistry,
  {account, region}: BackfillDestination,
): Promise<string> {
  if (!(error instanceof FailureError) || error.code !== 'REPLICATION_BACKFILL_IN_PROGRESS') throw error
  const begun = (await listBackfills(source)).find(
    each => isRunning(each) && each.destination.account === account && each.destination.region === region,
  )
  if (begun === undefined) throw error
  return begun.id
}

function subjectOf({registry}: OpenRegistry): string {
  return registry.host
}

function placeOf({account, region}: BackfillDestination): string {
  return `${account}/${region}`
}
