import {randomUUID} from 'node:crypto'
import type {ReplicationBackfillResult, ReplicationBackfillStatus} from '../api/model/ecr.ts'
import {EcrError, invalidParameter} from '../ecr-error.ts'
import type {Services} from '../services.ts'
import {requireRoom} from '../state/quotas.ts'
import type {Table} from '../state/table.ts'
import type {Registry} from '../state/world.ts'
import {type Destination, replicationOf, sameDestination} from './configuration.ts'

/** A backfill as it is kept. Times are milliseconds since the epoch. */
export interface Backfill {
  readonly id: string
  readonly destination: Destination
  readonly status: ReplicationBackfillStatus
  readonly startedAt: number
  readonly endedAt?: number
  readonly failureCode?: string
  /** Replications to do in all; unknown while it is prepared. */
  readonly total?: number
  readonly completed: number
  readonly failed: number
  /** Of the failed ones, each once. */
  readonly failureCodes: readonly string[]
}

/** One replication of a backfill: an image under one tag, or under none. */
export interface Pending {
  readonly repositoryName: string
  readonly digest: string
  readonly tag?: string
}

/** The next step of a backfill. */
export interface BackfillTask {
  readonly kind: 'replication-backfill'
  readonly account: string
  readonly region: string
  readonly id: string
  readonly [member: string]: unknown
}

const running = new Set<ReplicationBackfillStatus>(['PREPARING', 'IN_PROGRESS', 'STOPPING'])

/** The backfills of a registry, in the order in which they were started. */
export function backfillsOf(registry: Registry): Table<Backfill> {
  return registry.table('replication-backfill')
}

/** What a backfill has yet to do, by its id and the place in its order. */
export function pendingOf(registry: Registry): Table<Pending> {
  return registry.table('replication-backfill-pending')
}

/** How the replications of a backfill ended, by the same. */
export function resultsOf(registry: Registry): Table<ReplicationBackfillResult> {
  return registry.table('replication-backfill-result')
}

export function isRunning({status}: Backfill): boolean {
  return running.has(status)
}

/** @throws {EcrError} ReplicationBackfillNotFoundException. */
export function requireBackfill(registry: Registry, id: string): Backfill {
  const backfill = findBackfill(registry, id)
  if (backfill !== undefined) return backfill
  // The wording is unconfirmed.
  throw new EcrError(
    'ReplicationBackfillNotFoundException',
    `The replication backfill with id '${id}' does not exist in the registry with id '${registry.account}'`,
  )
}

export function findBackfill(registry: Registry, id: string): Backfill | undefined {
  return [...backfillsOf(registry).values()].find(backfill => backfill.id === id)
}

export function keepBackfill(registry: Registry, backfill: Backfill): void {
  backfillsOf(registry).set(keyOf(backfill), backfill)
}

export function forgetBackfill(registry: Registry, backfill: Backfill): void {
  backfillsOf(registry).delete(keyOf(backfill))
  for (const table of [pendingOf(registry), resultsOf(registry)]) {
    for (const [id] of table.startingWith(`${backfill.id} `)) table.delete(id)
  }
}

/**
 * Begins to replicate to one destination what is there already (ECR user guide, replication-backfill).
 *
 * @throws {EcrError} InvalidParameterException, ReplicationBackfillInProgressException, LimitExceededException.
 */
export function startBackfill(services: Services, registry: Registry, destination: Destination): Backfill {
  const configured = replicationOf(registry).rules.flatMap(rule => rule.destinations)
  // The wordings are unconfirmed.
  if (!configured.some(one => sameDestination(one, destination))) {
    throw invalidParameter('destination', 'Destination is not in the replication configuration')
  }
  const others = [...backfillsOf(registry).values()].filter(isRunning)
  if (others.some(other => other.destination.region === destination.region)) {
    throw new EcrError(
      'ReplicationBackfillInProgressException',
      `A replication backfill to the region '${destination.region}' is already in progress in the registry with id '${registry.account}'`,
    )
  }
  requireRoom(others.length, services.world.quotas.replicationBackfills, 'replication backfills in progress')
  const backfill: Backfill = {
    id: randomUUID(),
    destination,
    status: 'PREPARING',
    startedAt: services.now(),
    completed: 0,
    failed: 0,
    failureCodes: [],
  }
  keepBackfill(registry, backfill)
  scheduleStep(services, registry, backfill.id)
  return backfill
}

/** The next step of a backfill is due as late as a replication is after its push. */
export function scheduleStep(
  {timeline, durations, now}: Services,
  {account, region}: Registry,
  id: string,
  afterMs: number = durations.replication,
): void {
  const task: BackfillTask = {kind: 'replication-backfill', account, region, id}
  timeline.schedule(now() + afterMs, task)
}

function keyOf({startedAt, id}: Backfill): string {
  return `${String(startedAt).padStart(16, '0')} ${id}`
}
