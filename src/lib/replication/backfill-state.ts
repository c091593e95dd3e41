/** How the backfills of a registry stand, and what may be done to them. */
import type {Backfill, BackfillDestination, BackfillStatus} from '../ecr/backfill-api.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {FailureError, RefusalError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'

/** In progress at once, of one registry (ECR user guide, replication-backfill). */
const mostBackfills = 10

const running: ReadonlySet<BackfillStatus> = new Set(['preparing', 'in-progress', 'stopping'])

export function isRunning({status}: Pick<Backfill, 'status'>): boolean {
  return running.has(status)
}

/** All that ECR still knows of, the latest first. */
export async function listBackfills({api}: OpenRegistry): Promise<Backfill[]> {
  const backfills = new Map<string, Backfill>()
  // One that is started between two pages may be told of twice.
  for await (const page of api.backfill.listBackfills()) for (const each of page) backfills.set(each.id, each)
  return [...backfills.values()].toSorted((one, other) => other.startedAt - one.startedAt)
}

/** @throws {FailureError} REPLICATION_BACKFILL_NOT_FOUND. */
export async function readBackfill({api, registry}: OpenRegistry, id: string): Promise<Backfill> {
  for await (const {backfill} of api.backfill.backfillResults(id, {pageSize: 1})) return backfill
  throw new FailureError('REPLICATION_BACKFILL_NOT_FOUND', `${registry.label}: ECR says nothing of ${id}.`)
}

/**
 * Which backfill is meant where none is named: the only one that is running, or else the latest.
 *
 * @param wantsRunning one that has ended is not meant.
 * @throws {FailureError} NO_BACKFILL; {RefusalError} SEVERAL_BACKFILLS.
 */
export function meantBackfill(
  backfills: readonly Backfill[],
  {label}: InventoryRegistry,
  wantsRunning: boolean,
): Backfill {
  const candidates = backfills.filter(isRunning)
  const [only = wantsRunning ? undefined : backfills[0], ...others] = candidates
  if (others.length > 0) {
    const names = candidates.map(each => `${each.id} (to ${placeOf(each.destination)})`)
    throw new RefusalError(
      'SEVERAL_BACKFILLS',
      `${label} has ${candidates.length} backfills under way: ${names.join(', ')}. Name one with --id.`,
    )
  }
  if (only !== undefined) return only
  const what = wantsRunning ? 'no replication backfill under way' : 'had no replication backfill in 90 days'
  throw new FailureError('NO_BACKFILL', `${label} has ${what}.`)
}

/**
 * Holds a new backfill to ECR's limits: one to each region, ten in all (ECR user guide, replication-backfill).
 *
 * @throws {RefusalError} BACKFILL_IN_PROGRESS, TOO_MANY_BACKFILLS (exit 7).
 */
export function assertStartable(
  backfills: readonly Backfill[],
  destination: BackfillDestination,
  {label}: InventoryRegistry,
): void {
  const others = backfills.filter(isRunning)
  const there = others.find(other => other.destination.region === destination.region)
  if (there !== undefined) {
    throw new RefusalError(
      'BACKFILL_IN_PROGRESS',
      `${label}: backfill ${oneLine(there.id, 80)} to ${placeOf(there.destination)} is under way, and ECR does one to a region at a time. Nothing was started. Watch or stop that one: gantry backfill watch ${label} --id ${oneLine(there.id, 80)}.`,
    )
  }
  if (others.length < mostBackfills) return
  throw new RefusalError(
    'TOO_MANY_BACKFILLS',
    `${label} has ${others.length} backfills under way, and ECR does ${mostBackfills} at a time. Nothing was started. Wait for one of them, or stop it.`,
  )
}

/**
 * @returns the backfill, which has not ended.
 * @throws {RefusalError} BACKFILL_HAS_ENDED (exit 7).
 */
export function assertStoppable(backfill: Backfill, {label}: InventoryRegistry): Backfill {
  if (isRunning(backfill)) return backfill
  throw new RefusalError(
    'BACKFILL_HAS_ENDED',
    `${label}: backfill ${oneLine(backfill.id, 80)} has ended: ${backfill.status}. Nothing was done.`,
  )
}

function placeOf({account, region}: BackfillDestination): string {
  return `${account}/${region}`
}
