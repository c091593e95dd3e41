import type {ReposApplyItem} from '../repos/apply-items.ts'
import type {ReposApplyQuestion, ReposApplyRun, ReposDeletion} from '../repos/apply-model.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {count, hangWords, joinFitting} from './text.ts'

/** What `gantry repos apply` returns. */
export interface ReposApplyResult extends CommandResult {
  readonly summary: ReposApplySummary & CommandResult['summary']
  readonly items: readonly ReposApplyItem[]
}

/** The document of `gantry repos apply --json`. @public for tools/generate-schema.ts */
export type ReposApplyDocument = ReposApplyEnvelope | ErrorEnvelope

interface ReposApplyEnvelope extends Envelope {
  readonly summary: ReposApplySummary & Envelope['summary']
  readonly items: readonly ReposApplyItem[]
}

type Outcomes = Readonly<Record<ReposApplyItem['outcome'], number>>

/** How many changes came to what, and what it cost. */
interface ReposApplySummary extends Outcomes {
  readonly changes: number
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ReposApplyRun['callers']
  readonly record: string | null
}

const outcomes = [
  'applied',
  'unchanged',
  'planned',
  'blocked',
  'refused',
  'skipped',
  'failed',
  'interrupted',
] as const

export function toReposApplyResult(run: ReposApplyRun): ReposApplyResult {
  const {items, warnings, callers, traffic, durationMs, record, exitCode} = run
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      changes: items.length,
      ...countsOf(items),
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
      record,
    },
    items,
    warnings,
    exitCode,
  }
}

function countsOf(items: readonly ReposApplyItem[]): Outcomes {
  const number = (outcome: ReposApplyItem['outcome']) => items.filter(item => item.outcome === outcome).length
  return {
    applied: number('applied'),
    unchanged: number('unchanged'),
    planned: number('planned'),
    blocked: number('blocked'),
    refused: number('refused'),
    skipped: number('skipped'),
    failed: number('failed'),
    interrupted: number('interrupted'),
  }
}

/** Outputs of the step in GitHub Actions. */
export function reposApplyOutputs({summary}: ReposApplyResult): Readonly<Record<string, string>> {
  return {
    changes: String(summary.changes),
    ...Object.fromEntries(outcomes.map(outcome => [outcome, String(summary[outcome])])),
    record: summary.record ?? '',
  }
}

/** What consent is asked for, in one line: what changes, which images go because of it, where, and as whom. */
export function reposApplyQuestion(question: ReposApplyQuestion): string {
  const {changes, createdRepositories, deletedRepositories, deletedImages, expire, archive} = question
  const {create, change, remove} = changes
  const made = repositories(createdRepositories)
  const gone = `${repositories(deletedRepositories)}${deletedImages > 0 ? ` with ${count(deletedImages, 'image')}` : ''}`
  const steps = [
    ...(createdRepositories > 0 ? [`make ${made}`] : []),
    ...(create > 0 ? [`create ${count(create, 'setting')}`] : []),
    ...(change > 0 ? [`change ${count(change, 'setting')}`] : []),
    ...(remove > 0 ? [`remove ${count(remove, 'setting')}`] : []),
    ...(deletedRepositories > 0 ? [`delete ${gone}`] : []),
  ].join(', ')
  const goes =
    expire + archive > 0
      ? ` ECR then ${[
          ...(expire > 0 ? [`expires ${count(expire, 'image')}`] : []),
          ...(archive > 0 ? [`archives ${count(archive, 'image')}`] : []),
        ].join(' and ')} within a day.`
      : ''
  const who = question.callers.map(({arn}) => arn).join(', ')
  return `${steps.charAt(0).toUpperCase()}${steps.slice(1)} in ${question.registries.join(', ')} as ${who}?${goes}`
}

/** What is asked for besides, where repositories go with their images, and the word that has to be typed. */
export function reposDeletionQuestion(deletion: ReposDeletion): {question: string; word: string} {
  const {repositories: names, images} = deletion
  const [first, ...others] = names
  const question = `${names.join(', ')}: ${count(images, 'image')} ${images === 1 ? 'is' : 'are'} deleted for good.`
  return {question, word: others.length === 0 ? first : String(images)}
}

/** Of up to so many changes all have a row; of more, those that did not go as planned. */
const mostInFull = 100
const mostRows = 200

/** The result for people: a row a change, the failures in full, and what it cost. */
export function viewReposApply({items, summary}: ReposApplyResult, style: Style): string {
  const shown = items.length <= mostInFull ? items : items.filter(({outcome}) => !isAsPlanned(outcome))
  const rows = shown.slice(0, mostRows)
  const hidden = items.length - rows.length
  const figures = [
    ...outcomes.flatMap(outcome => (summary[outcome] > 0 ? [`${summary[outcome]} ${outcome}`] : [])),
    `${count(summary.requests, 'request')} (${summary.mutatingRequests} mutating)`,
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...(items.length === 0 ? ['Nothing is to be changed.'] : []),
    ...(rows.length === 0 ? [] : [table(rows, columns(style), style)]),
    ...(hidden > 0
      ? [`${count(hidden, rows.length === 0 ? 'change' : 'more change')}: --json has all.`]
      : []),
    ...(items.length === 0 ? [] : ['']),
    ...rows.flatMap(item => viewFailure(item, style)),
    ...joinFitting(figures, style.columns),
    ...summary.callers.map(({arn}) => `As: ${arn}`),
    ...(summary.record === null ? [] : [`Record: ${summary.record}`]),
  ].join('\n')
}

function isAsPlanned(outcome: ReposApplyItem['outcome']): boolean {
  return outcome === 'applied' || outcome === 'unchanged' || outcome === 'planned'
}

/** With where it is, unless its own words say so. */
function viewFailure({registry, repository, outcome, error}: ReposApplyItem, style: Style): string[] {
  if (error === null || outcome === 'skipped') return []
  const place = repository === null ? registry : `${registry}/${repository}`
  const words = error.message.includes(place) ? error.message : `${place}: ${error.message}`
  return [
    ...hangWords(`${style.bad(outcome)} ${words}`, style.columns, ''),
    ...error.hints.flatMap(hint => hangWords(hint, style.columns, '  ')),
  ]
}

function repositories(number: number): string {
  return number === 1 ? 'a repository' : `${number} repositories`
}

function columns(style: Style): readonly Column<ReposApplyItem>[] {
  const paints = {
    applied: style.good,
    unchanged: style.dim,
    planned: style.warn,
    blocked: style.bad,
    refused: style.bad,
    skipped: style.warn,
    failed: style.bad,
    interrupted: style.warn,
  }
  return [
    {header: 'RESULT', value: ({outcome}) => outcome, paint: (text, {outcome}) => paints[outcome](text)},
    {header: 'REGISTRY', value: ({registry}) => registry},
    {header: 'REPOSITORY', value: ({repository}) => repository ?? ''},
    {header: 'CHANGE', value: ({verb, entry}) => (entry === '' ? verb : `${verb} ${entry}`)},
    {header: 'IMAGES', value: ({images}) => (images === 0 ? '' : String(images))},
  ]
}
