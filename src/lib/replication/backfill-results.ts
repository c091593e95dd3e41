import type {Backfill, BackfillResult, BackfillResultStatus} from '../ecr/backfill-api.ts'
import {registryAt} from '../ecr/inventory/known.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {type ExitCode, exitCodes, FailureError, RefusalError} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {BackfillWorld} from './backfill-model.ts'
import {openSource} from './backfill-open.ts'
import {isRunning, listBackfills, meantBackfill} from './backfill-state.ts'
import {exitCodeOf} from './backfill-watch.ts'

/** What `gantry backfill results` was asked for. */
export interface BackfillResultsOrder {
  /** `ALIAS[@REGION]` or a host; undefined where there is only one. */
  readonly source: string | undefined
  /** The backfill; undefined for the latest. */
  readonly id: string | undefined
  /** Only those that ended so; undefined for all. */
  readonly status: BackfillResultStatus | undefined
}

export interface BackfillResultsRun {
  readonly registry: InventoryRegistry
  readonly destination: InventoryRegistry
  readonly backfill: Backfill
  /** In ECR's order. */
  readonly results: readonly BackfillResult[]
  readonly callers: readonly Caller[]
  /** One when ECR counts other results than it lists. */
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** 0 when everything was replicated, 4 when not; 8 when results are lost. */
  readonly exitCode: ExitCode
}

/**
 * What became of each image of a backfill that has ended, from all pages. Changes nothing.
 *
 * @throws what `openSource` and `meantBackfill` throw; {RefusalError} BACKFILL_UNDER_WAY (exit 8): ECR tells results at the
 *   end.
 */
export async function runBackfillResults(
  order: BackfillResultsOrder,
  world: BackfillWorld,
): Promise<BackfillResultsRun> {
  const {aws, estate} = world
  const began = aws.now()
  const source = await openSource(order.source, 'look', world)
  try {
    const {registry, caller} = source
    const id = order.id ?? meantBackfill(await listBackfills(source), registry, false).id
    const results: BackfillResult[] = []
    let backfill: Backfill | undefined
    for await (const page of source.api.backfill.backfillResults(id, {status: order.status})) {
      backfill = page.backfill
      if (isRunning(backfill)) throw underWay(backfill, registry)
      results.push(...page.results)
    }
    if (backfill === undefined)
      throw new FailureError(
        'REPLICATION_BACKFILL_NOT_FOUND',
        `${registry.label}: ECR says nothing of ${id}.`,
      )
    const lost = lostResults(backfill, results, order.status)
    return {
      registry,
      destination: registryAt(backfill.destination, estate, aws),
      backfill,
      results,
      callers: [caller],
      warnings: lost === undefined ? [] : [lost],
      traffic: source.traffic(),
      durationMs: aws.now() - began,
      exitCode: exitOf(backfill, results, lost),
    }
  } finally {
    source.api.close()
  }
}

function exitOf(backfill: Backfill, results: readonly BackfillResult[], lost: string | undefined): ExitCode {
  const code = exitCodeOf(backfill)
  if (code === exitCodes.partial || results.some(hasFailed)) return exitCodes.partial
  return lost === undefined ? code : exitCodes.undetermined
}

/** Of which statuses ECR tells codes of parts is unconfirmed: an image without one of them cannot be pulled everywhere. */
function hasFailed({status, subImageFailureCodes}: BackfillResult): boolean {
  return status === 'failed' || subImageFailureCodes.length > 0
}

/** What ECR counted and what it lists must agree; that they do is unconfirmed. */
function lostResults(
  {progress}: Backfill,
  results: readonly BackfillResult[],
  status: BackfillResultStatus | undefined,
): string | undefined {
  if (progress === null) return undefined
  const {completed, failed} = progress
  const counted = status === undefined ? completed + failed : status === 'failed' ? failed : completed
  if (results.length === counted) return undefined
  return `ECR counts ${counted} results and lists ${results.length}.`
}

function underWay({id, status, progress}: Backfill, {label}: InventoryRegistry): RefusalError {
  const done = progress === null ? '' : `, ${progress.completed + progress.failed} of ${progress.total} done`
  return new RefusalError(
    'BACKFILL_UNDER_WAY',
    `${label}: backfill ${id} has not ended (${status}${done}), and ECR tells results at the end. Wait for it: gantry backfill watch ${label} --id ${id}.`,
    {exitCode: exitCodes.undetermined},
  )
}
