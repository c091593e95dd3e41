import {join} from 'node:path'
import {registryAt} from '../ecr/inventory/known.ts'
import {exitCodes} from '../errors.ts'
import {recordName} from '../plan/run-record.ts'
import type {BackfillRun, BackfillWorld, ChangeWorld} from './backfill-model.ts'
import {openSource} from './backfill-open.ts'
import {changeBackfill} from './backfill-record.ts'
import {assertStoppable, listBackfills, meantBackfill, readBackfill} from './backfill-state.ts'

/** What `gantry backfill stop` was asked for. */
export interface BackfillStopOrder {
  /** `ALIAS[@REGION]` or a host; undefined where there is only one. */
  readonly source: string | undefined
  /** The backfill; undefined for the only one that is under way. */
  readonly id: string | undefined
  readonly dryRun: boolean
  /** File for the record; without it one in the folder of records. */
  readonly record: string | undefined
}

/**
 * Asks ECR to end a backfill; what it brought stays where it is.
 *
 * @throws what `openSource` and `meantBackfill` throw; {RefusalError} BACKFILL_HAS_ENDED (exit 7).
 */
export async function runBackfillStop(
  order: BackfillStopOrder,
  world: BackfillWorld & ChangeWorld,
): Promise<BackfillRun> {
  const {now} = world.aws
  const began = now()
  const source = await openSource(order.source, order.dryRun ? 'look' : 'change', world)
  try {
    const {registry, caller} = source
    const found =
      order.id === undefined
        ? meantBackfill(await listBackfills(source), registry, true)
        : await readBackfill(source, order.id)
    const backfill = assertStoppable(found, registry)
    const destination = registryAt(backfill.destination, world.estate, world.aws)
    const question = {
      verb: 'stop',
      source: registry,
      destination,
      size: null,
      transfer: null,
      backfill,
      caller,
    } as const
    const agreed = !order.dryRun && (await world.confirm(question))
    const file = order.record ?? join(world.records, recordName('backfill', now()))
    const status = agreed
      ? await changeBackfill(source, {verb: 'stop', to: destination, file, now}, mutations =>
          mutations.stopBackfill(source, backfill.id),
        )
      : backfill.status
    return {
      registry,
      destination,
      outcome: agreed ? 'stopped' : 'planned',
      size: null,
      transfer: null,
      backfill: {...backfill, status},
      callers: [caller],
      warnings: [],
      traffic: source.traffic(),
      durationMs: now() - began,
      record: agreed ? file : null,
      exitCode: exitCodes.done,
    }
  } finally {
    source.api.close()
  }
}
