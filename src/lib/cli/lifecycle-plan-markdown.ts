import type {RepositoryPlan} from '../lifecycle/plan-model.ts'
import {escapeMarkdown} from './escape.ts'
import {type LifecyclePlanResult, type LifecyclePlanSummary, placeOf} from './lifecycle-plan-result.ts'
import {shownDepartures} from './lifecycle-plan-view.ts'
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
  repositoriesWords,
  ruleLines,
  savingWords,
  shortDigest,
  totalsWords,
} from './lifecycle-plan-words.ts'
import {fitComment, markdownDetails, markdownDiff, markdownList, markdownTable} from './markdown.ts'
import {count, formatBytes} from './text.ts'

/** So many repositories have a row; and so much that is wrong in one of them is told. */
const mostRows = 100
const mostTold = 20

/** The plan as a comment of a pull request: GitHub's Markdown, at most 64 KiB, and a line says what was left out. */
export function markdownOfPlan({items, summary}: LifecyclePlanResult): string {
  const planned = items.flatMap(item => (item.error === null ? [item] : []))
  const failed = items.flatMap(item =>
    item.error === null ? [] : [`${placeOf(item)}: ${item.error.message}`],
  )
  return fitComment(
    [
      viewTotals(summary).join('\n'),
      ...(failed.length === 0
        ? []
        : [['**Not planned:**', '', ...markdownList(failed, mostTold)].join('\n')]),
      ...(planned.length === 0 ? [] : [viewRows(planned, summary)]),
      ...planned.flatMap(plan => viewDanger(plan, summary)),
      ...planned.flatMap(plan => viewRepository(plan, summary)),
    ],
    leftOut =>
      `**${leftOut === 1 ? '1 more part is' : `${leftOut} more parts are`} left out, for a comment has no room: see \`--json\`.**`,
  )
}

function viewTotals(summary: LifecyclePlanSummary): string[] {
  const {days, now, within} = summary
  return [
    '### Lifecycle plan',
    '',
    escapeMarkdown(`${repositoriesWords(summary)}; ${changesWords(summary)}.`),
    escapeMarkdown(`Now: ${goingWords(now)}. Within ${count(days, 'day')}: ${totalsWords(within)}.`),
    ...pricesWords(summary).map(escapeMarkdown),
  ]
}

function viewRows(plans: readonly RepositoryPlan[], {days}: LifecyclePlanSummary): string {
  const left = plans.length - mostRows
  const headers = [
    'repository',
    'policy',
    'images',
    'archived',
    'now',
    `in ${days} days`,
    'freed',
    '$ a month',
  ]
  const rows = plans
    .slice(0, mostRows)
    .map(plan => [
      placeOf(plan),
      policyWord(plan.change),
      String(plan.images.standard),
      String(plan.images.archived),
      goingWords(plan.now),
      goingWords(plan.within),
      freedWords(plan.within.freed),
      savingWords(plan.within.usdPerMonth),
    ])
  const more = left > 0 ? ['', `and ${left} more repositories`] : []
  return [...markdownTable(headers, rows), ...more].join('\n')
}

/** What somebody must look at, not folded away: images that something needs, and what ECR's preview says else. */
function viewDanger(plan: RepositoryPlan, {takenAt}: LifecyclePlanSummary): string[] {
  const {endangered, preview, warnings} = plan
  const problems = [
    ...endangered.map(
      image =>
        `${image.under === 'today' ? 'saved' : 'needed'}: ${dangerWords(image, takenAt)}: ${image.evidence.slice(0, 3).join(', ')}`,
    ),
    ...preview.disagreements.map(
      difference => `differs: ${shortDigest(difference.digest)}: ${disagreementWords(difference)}`,
    ),
    ...preview.notes.map(note => `note: ${note}`),
    ...warnings.map(warning => `warning: ${warning}`),
  ]
  if (problems.length === 0) return []
  return [[`**${escapeMarkdown(placeOf(plan))}**`, '', ...markdownList(problems, mostTold)].join('\n')]
}

function viewRepository(plan: RepositoryPlan, {takenAt}: LifecyclePlanSummary): string[] {
  const {change, departures, within} = plan
  if (change.kind !== 'put' && change.kind !== 'delete' && departures.length === 0) return []
  const rows = departures
    .slice(0, shownDepartures)
    .map(departure => [
      dayOf(departure, takenAt),
      departure.fate,
      imageWords(departure),
      formatBytes(departure.size),
      departure.why,
    ])
  const others = departures.length - rows.length
  const origin = change.origin === null ? '' : `, by ${change.origin}`
  const going = `${goingWords(within)} within the days`
  return [
    markdownDetails(`${placeOf(plan)}: policy ${policyWord(change)}${origin}; ${going}`, [
      ...(change.rules.length === 0 ? [] : [...markdownDiff(ruleLines(change.rules)), '']),
      ...(rows.length === 0 ? [] : markdownTable(['when', 'what', 'image', 'size', 'why'], rows)),
      ...(others > 0 ? ['', `and ${others} more`] : []),
    ]),
  ]
}
