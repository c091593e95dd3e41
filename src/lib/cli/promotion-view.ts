import type {PromotionItem} from '../promote/model.ts'
import type {PromotionResult} from '../promote/run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {ignoreWarnings} from './ignore-warnings.ts'
import {type GateSummary, sumGates, verdictOf, viewGates} from './promotion-gates.ts'
import {type ReplicationSummary, sumReplication, viewReplication} from './promotion-replication.ts'
import {promotionTable} from './promotion-table.ts'
import {warningsOf} from './promotion-warnings.ts'
import type {Style} from './style.ts'
import {count, formatBytes, joinFitting} from './text.ts'
import {sumTransfer, type TransferSummary, viewTransfer} from './transfer-view.ts'

/** What `gantry promote` returns: the library's result in the shape that every command has. */
export interface PromoteResult extends CommandResult {
  readonly summary: PromotionSummary & CommandResult['summary']
  readonly items: readonly PromotionItem[]
}

/** The document of `gantry promote --json`. @public for tools/generate-schema.ts */
export type PromoteDocument = PromoteEnvelope | ErrorEnvelope

interface PromoteEnvelope extends Envelope {
  readonly summary: PromotionSummary & Envelope['summary']
  readonly items: readonly PromotionItem[]
}

interface PromotionSummary {
  readonly images: number
  readonly promoted: number
  readonly unchanged: number
  readonly planned: number
  readonly failed: number
  readonly interrupted: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly durationMs: number
  /** What AWS may charge for the bytes of all images. */
  readonly transfer: TransferSummary
  /** What gates said; null where none was asked. */
  readonly gate: GateSummary | null
  /** How far images were replicated; null where that was not waited for. */
  readonly replication: ReplicationSummary | null
  /** Which part of which batch this was; null when it was all of it. */
  readonly shard: PromotionResult['shard']
  /** Every identity that took part, the one that writes first. */
  readonly callers: PromotionResult['callers']
  readonly record: string | null
  readonly planFile: string | null
}

/** Counts outcomes and adds what the run cost. */
export function toPromoteResult(
  result: PromotionResult,
  exitCode: PromotionResult['exitCode'],
): PromoteResult {
  const {items, callers, traffic, durationMs, shard, record, planFile, notes} = result
  const number = (outcome: PromotionItem['outcome']) => items.filter(item => item.outcome === outcome).length
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      images: items.length,
      promoted: number('promoted'),
      unchanged: number('unchanged'),
      planned: number('planned'),
      failed: number('failed'),
      interrupted: number('interrupted'),
      ...traffic,
      durationMs,
      transfer: sumTransfer(items),
      gate: sumGates(items),
      replication: sumReplication(items),
      shard,
      callers,
      record,
      planFile,
    },
    items,
    warnings: [...items.flatMap(warningsOf), ...(notes === undefined ? [] : ignoreWarnings(notes))],
    exitCode,
  }
}

/** What later steps of a workflow are told. */
export function promotionOutputs({items, summary}: PromoteResult): Readonly<Record<string, string>> {
  const digests = [...new Set(items.map(({digest}) => digest ?? ''))]
  const {promoted, unchanged, failed, gate, replication, record} = summary
  return {
    // One image has one digest; a step that promotes several reads the record.
    digest: digests.length === 1 ? digests.join('') : '',
    promoted: String(promoted),
    unchanged: String(unchanged),
    failed: String(failed),
    gate: gate === null ? '' : verdictOf(gate),
    replicated: replication === null ? '' : String(replication.yes === replication.images),
    record: record ?? '',
  }
}

/** The result for people: a row an image, the failures in full, and one line of what it cost. */
export function viewPromotion({items, summary}: PromoteResult, style: Style): string {
  const failures = items.flatMap(item => viewError(item, style))
  return [
    ...(items.length === 0 ? [] : [promotionTable(items, style), '']),
    ...failures,
    viewSummary(summary, items, style),
  ].join('\n')
}

function viewError({error, target, outcome}: PromotionItem, style: Style): string[] {
  if (error === null) return []
  const hints = error.hints.map(hint => `  ${hint}`)
  const where = error.message.includes(target) ? '' : `${target}: `
  const word = outcome === 'failed' ? 'failed' : 'incomplete'
  return [`${style.bad(word)} ${where}${error.message}`, ...hints]
}

function viewSummary(summary: PromotionSummary, items: readonly PromotionItem[], style: Style): string {
  const outcomes = (['promoted', 'unchanged', 'planned', 'failed', 'interrupted'] as const)
    .filter(outcome => summary[outcome] > 0)
    .map(outcome => `${summary[outcome]} ${outcome}`)
  const cost = [
    `${count(summary.requests, 'request')} (${summary.mutatingRequests} mutating)`,
    ...(summary.retries > 0 ? [`${summary.retries} retried`] : []),
    `${formatBytes(summary.bytesReceived)} in`,
    `${formatBytes(summary.bytesSent)} out`,
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  const {shard} = summary
  const facts = [
    ...(shard === null ? [] : [`Shard: ${shard.index} of ${shard.count}`]),
    ...summary.callers.map(({arn}) => `As: ${arn}`),
    ...viewGates(summary.gate),
    ...viewReplication(summary.replication),
    ...viewExpected(items, summary),
    ...(summary.planFile === null ? [] : [`Plan: ${summary.planFile}`]),
    ...(summary.record === null ? [] : [`Record: ${summary.record}`]),
  ]
  return [...joinFitting([outcomes.join(', '), ...cost], style.columns), ...facts].join('\n')
}

/** What doing it will take, beside what it took to find out. */
function viewExpected(items: readonly PromotionItem[], {transfer}: PromotionSummary): string[] {
  const planned = items.filter(({outcome}) => outcome === 'planned')
  if (planned.length === 0) return []
  const requests = planned.reduce((sum, {plannedRequests}) => sum + plannedRequests, 0)
  const bytes = planned.reduce((sum, {blobs}) => sum + blobs.bytes, 0)
  return [
    `To do: at most ${count(requests, 'request')}, ${formatBytes(bytes)} to send`,
    ...viewTransfer(transfer),
  ]
}
