import type {LifecycleApplyItem} from '../lifecycle/apply-items.ts'
import type {LifecycleApplyQuestion, LifecycleApplyRun} from '../lifecycle/apply-model.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {count, formatBytes} from './text.ts'

/** What `gantry lifecycle apply` returns. */
export interface LifecycleApplyResult extends CommandResult {
  readonly summary: LifecycleApplySummary & CommandResult['summary']
  readonly items: readonly LifecycleApplyItem[]
}

/** The document of `gantry lifecycle apply --json`. @public for tools/generate-schema.ts */
export type LifecycleApplyDocument = LifecycleApplyEnvelope | ErrorEnvelope

interface LifecycleApplyEnvelope extends Envelope {
  readonly summary: LifecycleApplySummary & Envelope['summary']
  readonly items: readonly LifecycleApplyItem[]
}

interface LifecycleApplySummary {
  readonly policies: number
  readonly applied: number
  readonly unchanged: number
  readonly planned: number
  readonly refused: number
  readonly failed: number
  readonly interrupted: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: LifecycleApplyRun['callers']
  readonly record: string | null
}

export function toLifecycleApplyResult(run: LifecycleApplyRun): LifecycleApplyResult {
  const {items, callers, traffic, durationMs, record, exitCode} = run
  const number = (outcome: LifecycleApplyItem['outcome']) =>
    items.filter(item => item.outcome === outcome).length
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      policies: items.length,
      applied: number('applied'),
      unchanged: number('unchanged'),
      planned: number('planned'),
      refused: number('refused'),
      failed: number('failed'),
      interrupted: number('interrupted'),
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
      record,
    },
    items,
    warnings: [],
    exitCode,
  }
}

/** What consent is asked for, in one line: what changes, what ECR will do because of it, where, and as whom. */
export function lifecycleApplyQuestion(question: LifecycleApplyQuestion): string {
  const {policies, expire, archive, bytes, registries, callers} = question
  const goes = `ECR then expires ${count(expire, 'image')} (at most ${formatBytes(bytes)}) and archives ${archive} within a day`
  const who = callers.map(({arn}) => arn).join(', ')
  return `Change ${policies === 1 ? 'a lifecycle policy' : `${policies} lifecycle policies`} in ${registries.join(', ')} as ${who}? ${goes}.`
}

/** The result for people: a row a repository, the failures in full, and what it cost. */
export function viewLifecycleApply({items, summary}: LifecycleApplyResult, style: Style): string {
  const failures = items.flatMap(({error}) =>
    error === null
      ? []
      : [`${style.bad('failed')} ${error.message}`, ...error.hints.map(hint => `  ${hint}`)],
  )
  const outcomes = ['applied', 'unchanged', 'planned', 'refused', 'failed', 'interrupted'] as const
  const figures = [
    ...outcomes.flatMap(outcome => (summary[outcome] > 0 ? [`${summary[outcome]} ${outcome}`] : [])),
    `${count(summary.requests, 'request')} (${summary.mutatingRequests} mutating)`,
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...(items.length === 0 ? ['The plan changes no policy.'] : [table(items, columns(style), style), '']),
    ...failures,
    figures.join(' · '),
    ...summary.callers.map(({arn}) => `As: ${arn}`),
    ...(summary.record === null ? [] : [`Record: ${summary.record}`]),
  ].join('\n')
}

function columns(style: Style): readonly Column<LifecycleApplyItem>[] {
  const paints = {
    applied: style.good,
    unchanged: style.dim,
    planned: style.warn,
    refused: style.bad,
    failed: style.bad,
    interrupted: style.warn,
  }
  return [
    {header: 'RESULT', value: ({outcome}) => outcome, paint: (text, {outcome}) => paints[outcome](text)},
    {header: 'REGISTRY', value: ({registry}) => registry},
    {header: 'REPOSITORY', value: ({repository}) => repository},
    {header: 'POLICY', value: ({verb}) => verb.replace('-lifecycle-policy', '')},
    {header: 'EXPIRE', value: ({expire}) => String(expire)},
    {header: 'ARCHIVE', value: ({archive}) => String(archive)},
  ]
}
