import type {ReplicationBackfillStatus} from '../api/model/ecr.ts'
import {EcrError} from '../ecr-error.ts'
import type {Services} from '../services.ts'
import type {Registry} from '../state/world.ts'
import {day} from '../time/durations.ts'
import {
  type Backfill,
  type BackfillTask,
  findBackfill,
  forgetBackfill,
  isRunning,
  keepBackfill,
  type Pending,
  pendingOf,
  requireBackfill,
  resultsOf,
  scheduleStep,
} from './backfill.ts'
import {destinationsOf, sameDestination} from './configuration.ts'
import {replicateNow} from './replicate.ts'

// How many replications are under way at once, and so end together.
const batch = 100
// ECR user guide, replication-backfill.
const leastToJudge = 100
const retentionMs = 90 * day

/** Brings a backfill one step further: it is prepared, a batch of replications ends, or it is forgotten. */
export async function stepBackfill(services: Services, {account, region, id}: BackfillTask): Promise<void> {
  const registry = services.world.registry(account, region)
  const backfill = findBackfill(registry, id)
  if (backfill === undefined) return
  if (backfill.status === 'PREPARING') return prepare(services, registry, backfill)
  if (isRunning(backfill)) return proceed(services, registry, backfill)
  if (services.now() >= (backfill.endedAt ?? 0) + retentionMs) forgetBackfill(registry, backfill)
}

/**
 * Ends a backfill that has not ended: at once while it is prepared, or else when what is under way has ended.
 *
 * @throws {EcrError} ReplicationBackfillInvalidStatusException.
 */
export function stopBackfill(services: Services, registry: Registry, backfill: Backfill): Backfill {
  const {id, status} = backfill
  if (status === 'PREPARING') return end(services, registry, backfill, 'STOPPED')
  if (status === 'IN_PROGRESS') {
    const stopping: Backfill = {...backfill, status: 'STOPPING'}
    keepBackfill(registry, stopping)
    return stopping
  }
  // The wording is unconfirmed.
  throw new EcrError(
    'ReplicationBackfillInvalidStatusException',
    `The replication backfill with id '${id}' cannot be stopped in status ${status}`,
  )
}

function prepare(services: Services, registry: Registry, backfill: Backfill): void {
  let total = 0
  for (const pending of qualifying(services, registry, backfill)) {
    pendingOf(registry).set(`${backfill.id} ${String(total).padStart(8, '0')}`, pending)
    total += 1
  }
  const prepared: Backfill = {...backfill, status: 'IN_PROGRESS', total}
  if (total === 0) {
    end(services, registry, prepared, 'COMPLETE')
  } else {
    keepBackfill(registry, prepared)
    scheduleStep(services, registry, backfill.id)
  }
}

/** Each image and tag that replicates to the destination now. That archived images do not is unconfirmed. */
function* qualifying(
  {world}: Services,
  {account, region, repositories}: Registry,
  {destination}: Backfill,
): Generator<Pending> {
  for (const [name] of repositories.from()) {
    const id = {account, region, name}
    if (!destinationsOf(world, id, 'images').some(one => sameDestination(one, destination))) continue
    for (const [digest, {tags, status}] of world.repository(id)?.images.from() ?? []) {
      if (status !== undefined) continue
      if (tags.size === 0) yield {repositoryName: name, digest}
      for (const tag of tags) yield {repositoryName: name, digest, tag}
    }
  }
}

async function proceed(services: Services, registry: Registry, backfill: Backfill): Promise<void> {
  for (const [key, pending] of nextOf(registry, backfill)) {
    pendingOf(registry).delete(key)
    await replicateOne(services, registry, backfill, key, pending)
    if (mostlyFails(requireBackfill(registry, backfill.id))) break
  }
  // As it is now: it may have been stopped meanwhile.
  const current = requireBackfill(registry, backfill.id)
  if (mostlyFails(current)) {
    end(services, registry, {...current, failureCode: 'TooManyReplicationFailures'}, 'FAILED')
  } else if (current.status === 'STOPPING') {
    end(services, registry, current, 'STOPPED')
  } else if (current.completed + current.failed === current.total) {
    // That some may fail in a backfill which is complete is unconfirmed.
    end(services, registry, current, 'COMPLETE')
  } else {
    scheduleStep(services, registry, current.id)
  }
}

/** The replications that are under way. Read before any of them ends, and no further: there may be very many. */
function nextOf(registry: Registry, {id}: Backfill): readonly (readonly [key: string, pending: Pending])[] {
  const next: (readonly [string, Pending])[] = []
  for (const entry of pendingOf(registry).startingWith(`${id} `)) {
    if (next.length === batch) break
    next.push(entry)
  }
  return next
}

async function replicateOne(
  services: Services,
  registry: Registry,
  {id, destination}: Backfill,
  key: string,
  {repositoryName, digest, tag}: Pending,
): Promise<void> {
  const {account, region} = registry
  const source = {account, region, name: repositoryName}
  const outcome = await replicateNow(services, source, {digest, tag}, destination)
  const imageId = {imageDigest: digest, ...(tag === undefined ? {} : {imageTag: tag})}
  resultsOf(registry).set(key, {repositoryName, imageId, ...outcome})
  const backfill = requireBackfill(registry, id)
  const {completed, failed, failureCodes} = backfill
  const {status, failureCode = ''} = outcome
  if (status === 'COMPLETE') keepBackfill(registry, {...backfill, completed: completed + 1})
  else {
    const codes = [...new Set([...failureCodes, failureCode])]
    keepBackfill(registry, {...backfill, failed: failed + 1, failureCodes: codes})
  }
}

function mostlyFails({completed, failed}: Backfill): boolean {
  return completed + failed >= leastToJudge && failed * 2 >= completed + failed
}

function end(
  services: Services,
  registry: Registry,
  backfill: Backfill,
  status: ReplicationBackfillStatus,
): Backfill {
  const ended: Backfill = {...backfill, status, endedAt: services.now()}
  keepBackfill(registry, ended)
  scheduleStep(services, registry, ended.id, retentionMs)
  services.events.emit({
    type: 'ECR Replication Backfill Action',
    account: registry.account,
    region: registry.region,
    detail: {
      'replication-backfill-id': ended.id,
      'backfill-status': status,
      'destination-account': ended.destination.registryId,
      'destination-region': ended.destination.region,
    },
  })
  return ended
}
