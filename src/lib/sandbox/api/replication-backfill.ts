import {
  type Backfill,
  backfillsOf,
  isRunning,
  requireBackfill,
  resultsOf,
  startBackfill,
} from '../replication/backfill.ts'
import {stopBackfill} from '../replication/backfill-steps.ts'
import type {Registry} from '../state/world.ts'
import type {
  ReplicationBackfillProgress,
  ReplicationBackfillResult,
  ReplicationBackfillResultStatus,
  ReplicationBackfillSummary,
} from './model/ecr.ts'
import {type EcrHandlers, registryOf, seconds} from './operation.ts'
import {page} from './pages.ts'

export const replicationBackfillOperations = {
  StartReplicationBackfill: (call, input) => {
    const registry = registryOf(call, input)
    return {registryId: registry.account, ...begun(startBackfill(call, registry, input.destination))}
  },

  StopReplicationBackfill: (call, input) => {
    const registry = registryOf(call, input)
    const backfill = requireBackfill(registry, input.replicationBackfillId)
    return {registryId: registry.account, ...begun(stopBackfill(call, registry, backfill))}
  },

  ListReplicationBackfills: (call, input) => {
    const registry = registryOf(call, input)
    const {items, ...next} = page(call, registry.account, input, from => backfillsOf(registry).from(from), 25)
    return {registryId: registry.account, backfills: items.map(summary), ...next}
  },

  DescribeReplicationBackfillResults: (call, input) => {
    const registry = registryOf(call, input)
    const backfill = requireBackfill(registry, input.replicationBackfillId)
    const {resultStatusFilter: wanted} = input
    const scope = `${backfill.id} ${wanted ?? ''}`
    const {items, ...next} = page(call, scope, input, from => resultsFrom(registry, backfill, wanted, from))
    return {registryId: registry.account, ...summary(backfill), results: items, ...next}
  },
} satisfies Partial<EcrHandlers>

function begun({id, destination, status, startedAt}: Backfill) {
  return {replicationBackfillId: id, destination, status, startedAt: seconds(startedAt)}
}

function summary(backfill: Backfill): ReplicationBackfillSummary {
  const {endedAt, failureCode} = backfill
  const progress = progressOf(backfill)
  return {
    ...begun(backfill),
    ...(progress && {progress}),
    ...(failureCode && {failureCode}),
    ...(endedAt === undefined ? {} : {endedAt: seconds(endedAt)}),
  }
}

function progressOf({
  total,
  completed,
  failed,
  failureCodes,
}: Backfill): ReplicationBackfillProgress | undefined {
  if (total === undefined) return undefined
  return {
    totalReplicationCount: total,
    completedReplicationCount: completed,
    failedReplicationCount: failed,
    failureCodes,
  }
}

/** None before the backfill has ended. */
function* resultsFrom(
  registry: Registry,
  backfill: Backfill,
  wanted: ReplicationBackfillResultStatus | undefined,
  from: string,
): Generator<readonly [key: string, result: ReplicationBackfillResult]> {
  if (isRunning(backfill)) return
  const prefix = `${backfill.id} `
  for (const entry of resultsOf(registry).startingWith(prefix, from || prefix)) {
    if (wanted === undefined || entry[1].status === wanted) yield entry
  }
}
