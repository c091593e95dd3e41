import type {Backfill} from '../ecr/backfill-api.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {TransferCost} from '../ecr/transfer-cost.ts'
import type {BackfillQuestion, BackfillRun} from '../replication/backfill-model.ts'
import type {BackfillResultsRun} from '../replication/backfill-results.ts'
import type {BackfillSize} from '../replication/backfill-size.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {count, formatBytes} from './text.ts'
import {formatUsd} from './transfer-view.ts'

/** What `gantry backfill start`, `watch` and `stop` return. */
export interface BackfillCommandResult extends CommandResult {
  readonly summary: BackfillSummary & CommandResult['summary']
  readonly items: readonly [BackfillItem]
}

/** The document of `gantry backfill start|watch|stop --json`. @public for tools/generate-schema.ts */
export type BackfillDocument = BackfillEnvelope | ErrorEnvelope

interface BackfillEnvelope extends Envelope {
  readonly summary: BackfillSummary & Envelope['summary']
  readonly items: readonly [BackfillItem]
}

interface BackfillSummary {
  /** Replications of the backfill as ECR counts them; null while it does not. */
  readonly total: number | null
  readonly completed: number
  readonly failed: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: BackfillRun['callers']
  readonly record: string | null
}

export interface BackfillItem {
  readonly registry: InventoryRegistry
  readonly destination: InventoryRegistry
  readonly outcome: BackfillRun['outcome']
  /** What it moves at most; null for a backfill that was started before. */
  readonly size: BackfillSize | null
  readonly transfer: TransferCost | null
  readonly backfill: BackfillState | null
}

/** How a backfill stands. Times are ISO 8601. */
export interface BackfillState extends Omit<Backfill, 'destination' | 'startedAt' | 'endedAt'> {
  readonly startedAt: string
  readonly endedAt: string | null
}

export function toBackfillResult(run: BackfillRun): BackfillCommandResult {
  const {registry, destination, outcome, size, transfer, backfill, callers, warnings, record, exitCode} = run
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: summaryOf(run, backfill, record),
    items: [
      {
        registry,
        destination,
        outcome,
        size,
        transfer,
        backfill: backfill && toState(backfill),
      },
    ],
    warnings,
    exitCode,
  }
}

/** Outputs of a step in GitHub Actions: which backfill it is, and how it stands. */
export function backfillOutputs({
  items: [{backfill}],
}: BackfillCommandResult): Readonly<Record<string, string>> {
  return {id: backfill?.id ?? '', status: backfill?.status ?? ''}
}

/** What `gantry backfill results` returns. */
export interface BackfillResultsResult extends CommandResult {
  readonly summary: BackfillResultsSummary & CommandResult['summary']
  readonly items: readonly BackfillResultItem[]
}

/** The document of `gantry backfill results --json`. @public for tools/generate-schema.ts */
export type BackfillResultsDocument = BackfillResultsEnvelope | ErrorEnvelope

interface BackfillResultsEnvelope extends Envelope {
  readonly summary: BackfillResultsSummary & Envelope['summary']
  readonly items: readonly BackfillResultItem[]
}

interface BackfillResultsSummary extends BackfillSummary {
  readonly registry: InventoryRegistry
  readonly destination: InventoryRegistry
  readonly backfill: BackfillState
}

/** What became of an image under one of its tags. */
export interface BackfillResultItem {
  readonly repository: string
  readonly digest: string | null
  readonly tag: string | null
  readonly status: 'complete' | 'failed'
  readonly failureCode: string | null
  /** Of what an index lists. */
  readonly subImageFailureCodes: readonly string[]
}

export function toBackfillResultsResult(run: BackfillResultsRun): BackfillResultsResult {
  const {registry, destination, backfill, results, callers, warnings, exitCode} = run
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {...summaryOf(run, backfill, null), registry, destination, backfill: toState(backfill)},
    items: results,
    warnings,
    exitCode,
  }
}

/** What consent is asked for, in one line. */
export function backfillQuestion({
  verb,
  source,
  destination,
  size,
  transfer,
  backfill,
  caller,
}: BackfillQuestion): string {
  const way = `${source.label} to ${destination.label}`
  if (verb === 'stop') {
    const progress = backfill === null ? '' : ` ${progressWords(backfill)}.`
    return `Stop the backfill from ${way} as ${caller.arn}?${progress} What it brought stays.`
  }
  const {replications = 0, images = 0, bytes = 0} = size ?? {}
  const cost =
    transfer === null || transfer.usd === 0 ? '' : `, AWS data transfer of at most ${formatUsd(transfer.usd)}`
  return `Start a backfill from ${way} as ${caller.arn}? ${count(replications, 'replication')} of ${count(images, 'image')}, at most ${formatBytes(bytes)}${cost}.`
}

/** `preparing`; `in-progress, 30 of 100, 2 failed (ImageNotFound)`. */
export function progressWords({
  status,
  progress,
  failureCode,
}: Pick<Backfill, 'status' | 'progress' | 'failureCode'>): string {
  const why = failureCode === null ? '' : ` (${failureCode})`
  if (progress === null) return `${status}${why}`
  const {total, completed, failed, failureCodes} = progress
  const codes = failureCodes.length === 0 ? '' : ` (${failureCodes.join(', ')})`
  return `${status}${why}, ${completed} of ${total} replicated${failed > 0 ? `, ${failed} failed${codes}` : ''}`
}

function summaryOf(
  {traffic, durationMs, callers}: Pick<BackfillRun, 'traffic' | 'durationMs' | 'callers'>,
  backfill: Backfill | null,
  record: string | null,
): BackfillSummary & CommandResult['summary'] {
  const {requests, mutatingRequests, retries} = traffic
  const {total = null, completed = 0, failed = 0} = backfill?.progress ?? {}
  return {total, completed, failed, requests, mutatingRequests, retries, durationMs, callers, record}
}

function toState({id, status, progress, failureCode, startedAt, endedAt}: Backfill): BackfillState {
  return {
    id,
    status,
    progress,
    failureCode,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  }
}
