import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {OtherRegistry} from '../ecr/inventory/other-registry.ts'
import {exitCodes, GantryError} from '../errors.ts'
import {contentHash} from '../plan/canonical.ts'
import {openRunRecord} from '../plan/run-record.ts'
import {type ReplicationMutations, replicationMutations} from './mutations.ts'

interface Change {
  readonly verb: 'start' | 'stop'
  readonly to: InventoryRegistry
  /** The record's file. */
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Makes one change of a registry's backfills with a record of it, which has an end also when it fails.
 *
 * @throws what `change` and `openRunRecord` throw.
 */
export async function changeBackfill<Result>(
  {registry, caller, traffic}: OtherRegistry,
  {verb, to, file, now}: Change,
  change: (mutations: ReplicationMutations) => Promise<Result>,
): Promise<Result> {
  const action = `${verb}-replication-backfill ${registry.host}`
  const details = {registry: registry.label, destination: to.label}
  const record = await openRunRecord(
    file,
    {type: 'backfill', callers: [caller], plan: contentHash({action, ...details}), details},
    {now, planned: [action]},
  )
  try {
    const result = await change(replicationMutations(record.mutate))
    await record.end(exitCodes.done, {...traffic()})
    return result
  } catch (error) {
    await record.end(error instanceof GantryError ? error.exitCode : exitCodes.bug, {...traffic()})
    throw error
  } finally {
    await record.close()
  }
}
