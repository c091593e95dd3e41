import type {RollbackItem} from '../promote/rollback-items.ts'
import type {RollbackQuestion, RollbackResult} from '../promote/rollback-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {repositoryOf} from './target.ts'
import {count} from './text.ts'

/** What `gantry rollback` returns: the library's result in the shape that every command has. */
export interface RollbackCommandResult extends CommandResult {
  readonly summary: RollbackSummary & CommandResult['summary']
  readonly items: readonly RollbackItem[]
}

/** The document of `gantry rollback --json`. @public for tools/generate-schema.ts */
export type RollbackDocument = RollbackEnvelope | ErrorEnvelope

interface RollbackEnvelope extends Envelope {
  readonly summary: RollbackSummary & Envelope['summary']
  readonly items: readonly RollbackItem[]
}

interface RollbackSummary {
  readonly tags: number
  readonly restored: number
  readonly unchanged: number
  /** Tags that the recorded run created; they are left. */
  readonly notRemoved: number
  readonly planned: number
  readonly failed: number
  readonly interrupted: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: RollbackResult['callers']
  readonly record: string | null
  readonly planFile: string | null
}

/** Counts outcomes and adds what the run cost. */
export function toRollbackResult(
  {items, callers, traffic, durationMs, record, planFile}: RollbackResult,
  exitCode: RollbackResult['exitCode'],
): RollbackCommandResult {
  const number = (outcome: RollbackItem['outcome']) => items.filter(item => item.outcome === outcome).length
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      tags: items.length,
      restored: number('restored'),
      unchanged: number('unchanged'),
      notRemoved: number('not-removed'),
      planned: number('planned'),
      failed: number('failed'),
      interrupted: number('interrupted'),
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
      record,
      planFile,
    },
    items,
    warnings: [],
    exitCode,
  }
}

/** What consent is asked for, in one line: how many tags, where, and as whom. */
export function rollbackQuestion({tags, repositories, destinations, callers}: RollbackQuestion): string {
  const where = `${count(tags, 'tag')} of ${repositories === 1 ? 'a repository' : `${repositories} repositories`}`
  const who = callers.length === 0 ? '' : ` as ${callers.map(({arn}) => arn).join(', ')}`
  return `Put back ${where} in ${destinations.join(', ')}${who}?`
}

/** The result for people: a row a tag, the failures in full, and what it cost. */
export function viewRollback({items, summary}: RollbackCommandResult, style: Style): string {
  const failures = items.flatMap(({error}) =>
    error === null
      ? []
      : [`${style.bad('failed')} ${error.message}`, ...error.hints.map(hint => `  ${hint}`)],
  )
  return [
    ...(items.length === 0 ? ['The record has no tag moves.'] : [table(items, columns(style), style), '']),
    ...failures,
    ...viewSummary(summary),
  ].join('\n')
}

function columns(style: Style): readonly Column<RollbackItem>[] {
  const paints = {
    restored: style.good,
    unchanged: style.dim,
    'not-removed': style.dim,
    planned: style.warn,
    failed: style.bad,
    interrupted: style.warn,
  }
  return [
    {
      header: 'RESULT',
      value: ({outcome}) => outcome.replace('-', ' '),
      paint: (text, {outcome}) => paints[outcome](text),
    },
    {header: 'TO', value: ({destination}) => destination},
    {header: 'TAG', value: ({target, destination, tag}) => `${repositoryOf(target, destination)}:${tag}`},
    {header: 'NOW', value: ({before}) => short(before)},
    {header: 'BEFORE THE RUN', value: ({after}) => short(after)},
  ]
}

function short(digest: string | null): string {
  return digest?.slice(0, 'sha256:'.length + 12) ?? '-'
}

function viewSummary(summary: RollbackSummary): string[] {
  const outcomes = [
    [summary.restored, 'restored'],
    [summary.unchanged, 'unchanged'],
    [summary.notRemoved, 'not removed'],
    [summary.planned, 'planned'],
    [summary.failed, 'failed'],
    [summary.interrupted, 'interrupted'],
  ] as const
  const figures = [
    ...outcomes.flatMap(([number, outcome]) => (number > 0 ? [`${number} ${outcome}`] : [])),
    `${count(summary.requests, 'request')} (${summary.mutatingRequests} mutating)`,
    ...(summary.retries > 0 ? [`${summary.retries} retried`] : []),
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    figures.join(' · '),
    ...summary.callers.map(({arn}) => `As: ${arn}`),
    ...(summary.planFile === null ? [] : [`Plan: ${summary.planFile}`]),
    ...(summary.record === null ? [] : [`Record: ${summary.record}`]),
  ]
}
