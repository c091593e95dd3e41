import type {PlannedDeparture, RepositoryPlan} from '../lifecycle/plan-model.ts'
import type {UnplannedRepository} from '../lifecycle/plan-run.ts'
import {type LifecyclePlanResult, type LifecyclePlanSummary, placeOf} from './lifecycle-plan-result.ts'
import {
  changesWords,
  dangerWords,
  dayOf,
  disagreementWords,
  freedWords,
  goingWords,
  imageWords,
  policyWord,
  pricesWords,
  type RuleLine,
  repositoriesWords,
  ruleLines,
  savingWords,
  shortDigest,
  totalsWords,
} from './lifecycle-plan-words.ts'
import type {Style} from './style.ts'
import {type Column, table, withoutDispensable} from './table.ts'
import {count, formatBytes, joinFitting} from './text.ts'

/** Departures that people are shown of each repository; programs get all of them. */
export const shownDepartures = 10

/** A plan of so many repositories tells of each what goes, of more only where a policy changes or something is wrong. */
const fewRepositories = 5

/** The plan for people: a row for each repository, what changes and goes in each, and what it all comes to. */
export function viewLifecyclePlan({items, summary}: LifecyclePlanResult, style: Style): string {
  const planned = items.flatMap(item => (item.error === null ? [item] : []))
  const failed = items.flatMap(item => (item.error === null ? [] : [item]))
  const isOneRegistry = new Set(planned.map(({registry}) => registry.label)).size === 1
  const less = isOneRegistry ? ['WHERE', ...dispensable] : dispensable
  const columns = withoutDispensable(planned, columnsOf(summary, style), less, style)
  return [
    ...(planned.length === 0 ? ['No repository was planned.', ''] : [table(planned, columns, style), '']),
    ...planned
      .filter(plan => isTold(plan, planned.length))
      .flatMap(plan => viewRepository(plan, summary, style)),
    ...failed.flatMap(item => viewFailure(item, style)),
    ...viewSummary(summary, style),
  ].join('\n')
}

/** What a row can do without, where the terminal has no room. */
const dispensable = ['IMAGES', '$/MONTH', 'FREED']

function columnsOf({days}: LifecyclePlanSummary, style: Style): readonly Column<RepositoryPlan>[] {
  return [
    {
      header: 'REPOSITORY',
      value: ({repository}) => repository,
      paint: (text, {endangered}) =>
        endangered.some(({under}) => under !== 'today') ? style.bad(text) : text,
    },
    {header: 'WHERE', value: ({registry}) => registry.label},
    {
      header: 'POLICY',
      value: ({change}) => policyWord(change),
      paint: (text, {change: {kind}}) =>
        kind === 'put' || kind === 'delete' ? style.warn(text) : style.dim(text),
    },
    {
      header: 'IMAGES',
      align: 'right',
      value: ({images: {standard, archived}}) =>
        archived === 0 ? `${standard}` : `${standard} + ${archived} archived`,
    },
    {header: 'NOW', value: ({now}) => goingWords(now)},
    {header: `IN ${days} DAYS`, value: ({within}) => goingWords(within)},
    {header: 'FREED', align: 'right', value: ({within}) => freedWords(within.freed)},
    {header: '$/MONTH', align: 'right', value: ({within}) => savingWords(within.usdPerMonth)},
  ]
}

/** Whether there is more to say of a repository than its row does. */
function isTold(
  {change, departures, endangered, preview, warnings}: RepositoryPlan,
  repositories: number,
): boolean {
  return (
    change.kind === 'put' ||
    change.kind === 'delete' ||
    endangered.length > 0 ||
    preview.status === 'disagrees' ||
    warnings.length > 0 ||
    (departures.length > 0 && repositories <= fewRepositories)
  )
}

function viewRepository(plan: RepositoryPlan, {takenAt}: LifecyclePlanSummary, style: Style): string[] {
  const {change, endangered, preview, warnings} = plan
  const origin = change.origin === null ? '' : `, by ${change.origin}`
  return [
    `${style.strong(placeOf(plan))}: policy ${policyWord(change)}${origin}`,
    ...ruleLines(change.rules).map(line => viewRule(line, style)),
    ...endangered.flatMap(image => [
      `  ${image.under === 'today' ? style.good('saved') : style.bad('needed')} ${dangerWords(image, takenAt)}`,
      ...image.evidence.map(evidence => `    ${evidence}`),
    ]),
    ...preview.disagreements.map(
      difference =>
        `  ${style.bad('differs')} ${shortDigest(difference.digest)}  ${disagreementWords(difference)}`,
    ),
    ...preview.notes.map(note => `  ${style.dim(`note ${note}`)}`),
    ...warnings.map(warning => `  ${style.warn('warning')} ${warning}`),
    ...viewDepartures(plan.departures, takenAt, style),
    '',
  ]
}

function viewRule({sign, text}: RuleLine, style: Style): string {
  const paint = {'+': style.good, '-': style.bad, '~': style.warn, ' ': style.dim}[sign]
  return `  ${paint(`${sign} ${text}`)}`
}

function viewDepartures(departures: readonly PlannedDeparture[], takenAt: string, style: Style): string[] {
  if (departures.length === 0) return []
  const columns: readonly Column<PlannedDeparture>[] = [
    {header: 'WHEN', value: departure => dayOf(departure, takenAt)},
    {
      header: 'WHAT',
      value: ({fate}) => fate,
      paint: (text, {fate}) => (fate === 'expire' ? style.warn(text) : text),
    },
    {header: 'IMAGE', value: imageWords},
    {header: 'SIZE', align: 'right', value: ({size}) => formatBytes(size)},
    {header: 'WHY', value: ({why}) => why},
  ]
  const narrower = {...style, columns: style.columns - 2}
  const lines = table(departures.slice(0, shownDepartures), columns, narrower).split('\n')
  const others = departures.length - shownDepartures
  return [...lines.map(line => `  ${line}`), ...(others > 0 ? [`  and ${others} more: --json`] : [])]
}

function viewFailure(item: UnplannedRepository, style: Style): string[] {
  const {message, hints} = item.error
  return [`${style.bad('failed')} ${placeOf(item)}: ${message}`, ...hints.map(hint => `  ${hint}`)]
}

function viewSummary(summary: LifecyclePlanSummary, style: Style): string[] {
  const {now, within, callers, inventory, planFile} = summary
  const figures = [
    repositoriesWords(summary),
    changesWords(summary),
    ...(summary.unmanaged > 0 ? [`${summary.unmanaged} unmanaged`] : []),
    ...(summary.failed > 0 ? [`${summary.failed} failed`] : []),
    ...(summary.endangered > 0 ? [`${summary.endangered} needed by something`] : []),
    ...(summary.previewed > 0 ? [`${summary.previewed} previewed by ECR`] : []),
    ...(summary.disagreements > 0 ? [`ECR's preview differs in ${summary.disagreements}`] : []),
  ]
  const cost = [
    `${count(summary.requests, 'request')} (${count(summary.previewRequests, 'preview')})`,
    ...(summary.retries > 0 ? [`${summary.retries} retried`] : []),
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...joinFitting(figures, style.columns),
    `Now: ${goingWords(now)}. Within ${count(summary.days, 'day')}: ${totalsWords(within)}.`,
    ...pricesWords(summary),
    ...joinFitting(cost, style.columns),
    ...callers.map(({arn}) => `As: ${arn}`),
    ...(inventory === null ? [] : [`Inventory: ${inventory}, taken at ${summary.takenAt}`]),
    ...(planFile === null ? [] : [`Plan: ${planFile}`]),
  ]
}
