import {firstNames, joinAlike} from './alike.ts'
import {type PlaceReport, placesAlike, placesOf} from './repos-plan-places.ts'
import type {
  ChangeItem,
  ReposPlanItem,
  ReposPlanResult,
  ReposPlanSummary,
  UnreadItem,
} from './repos-plan-result.ts'
import {
  changeLines,
  changeSign,
  changeTitle,
  endangeredWords,
  foreignWords,
  impactWords,
  originWords,
  othersWords,
  placeName,
  placeSign,
  planWords,
  type Sign,
} from './repos-plan-words.ts'
import type {Style} from './style.ts'
import {count, hangWords, joinFitting, wrapWords} from './text.ts'

/** Unlisted repositories of a registry that people are shown; programs get all of them. */
const shownUnlisted = 10

/** The plan for people: what changes, by account and region and by repository, and what it all comes to. */
export function viewReposPlan(result: ReposPlanResult, style: Style): string {
  return [...viewReposChanges(result, style), ...viewSummary(result.summary, style)].join('\n')
}

/** What changes alone, a line each. */
export function viewReposChanges(
  {items, summary}: Pick<ReposPlanResult, 'items' | 'summary'>,
  style: Style,
): string[] {
  const places = Map.groupBy(placesOf(items), ({label}) => label)
  const unlisted = Map.groupBy(
    items.filter(item => item.kind === 'unlisted'),
    ({registry}) => registry.label,
  )
  const labels = [...new Set(items.map(({registry}) => registry.label))].toSorted()
  const linesOf = (label: string) => [
    ...viewPlaces(places.get(label) ?? [], summary, style),
    ...viewUnlisted(unlisted.get(label) ?? [], style),
  ]
  return joinAlike(labels, linesOf).flatMap(alike => {
    const heads = firstNames(alike.items.map(label => headOf(label, items)))
    return alike.lines.length === 0 ? [] : [...heads.map(head => style.strong(head)), ...alike.lines, '']
  })
}

/** `prod@eu-west-1 (222222222222)`. */
function headOf(label: string, items: readonly ReposPlanItem[]): string {
  const item = items.find(({registry}) => registry.label === label)
  return item === undefined || label.startsWith(item.registry.account)
    ? label
    : `${label} (${item.registry.account})`
}

/** Repositories of which the same is said stand above it, a line each. */
function viewPlaces(places: readonly PlaceReport[], summary: ReposPlanSummary, style: Style): string[] {
  return placesAlike(places, place => viewPlace(place, summary, style)).flatMap(({items, lines}) => {
    const sign = paintSign(placeSign(items[0]), style)
    return [...firstNames(items.map(placeName)).map(name => `${sign} ${name}`), ...lines]
  })
}

function viewPlace(place: PlaceReport, {takenAt}: ReposPlanSummary, style: Style): string[] {
  const told = new Set(place.changes.map(({resource}) => resource))
  const foreign = place.foreign.filter(({resource}) => !told.has(resource))
  return [
    ...place.changes.flatMap(change => viewChange(change, place, takenAt, style)),
    ...place.unread.flatMap(item => viewUnread(item, style)),
    ...foreign.flatMap(entries => dimmed(foreignWords(entries), '    ', style)),
  ]
}

function viewChange(change: ChangeItem, place: PlaceReport, takenAt: string, style: Style): string[] {
  const origin = originWords(change)
  const foreign = place.foreign.filter(({resource}) => resource === change.resource)
  const isLast = change === place.changes.findLast(({resource}) => resource === change.resource)
  return [
    `  ${paintSign(changeSign(change), style)} ${changeTitle(change)}${origin === '' ? '' : `  ${style.dim(origin)}`}`,
    ...changeLines(change).flatMap(({sign, text}) => below(`${paintSign(sign, style)} ${text}`, style)),
    ...impactWords(change).flatMap(words => below(words, style)),
    ...endangeredWords(change, takenAt).flatMap(words => below(`${style.bad('needed')} ${words}`, style)),
    ...change.risks.flatMap(risk => below(`${style.warn('risk')} ${risk}`, style)),
    ...(change.remedy === null ? [] : below(`${style.bad('blocked')} ${change.remedy}`, style)),
    ...change.notes.flatMap(note => dimmed(`note ${note}`, underChange, style)),
    ...(isLast ? foreign.flatMap(entries => dimmed(foreignWords(entries), underChange, style)) : []),
  ]
}

function viewUnread({resource, error}: UnreadItem, style: Style): string[] {
  return [
    ...hangWords(`${style.bad('unread')} ${resource}: ${error.message}`, style.columns, '  '),
    ...error.hints.flatMap(hint => below(hint, style)),
  ]
}

const underChange = '      '

function below(words: string, {columns}: Style): string[] {
  return hangWords(words, columns, underChange)
}

function dimmed(words: string, indent: string, style: Style): string[] {
  return hangWords(words, style.columns, indent).map(line => style.dim(line))
}

function viewUnlisted(items: readonly {readonly repository: string}[], style: Style): string[] {
  const left = items.length - shownUnlisted
  return [
    ...items
      .slice(0, shownUnlisted)
      .map(({repository}) => style.dim(`? ${repository}  there, not listed in repos.yaml: never deleted`)),
    ...(left > 0
      ? [style.dim(`? and ${left.toLocaleString('en-US')} more that are not listed: --json`)]
      : []),
  ]
}

function viewSummary(summary: ReposPlanSummary, style: Style): string[] {
  const {create, change, remove, requests, retries, durationMs, callers, planFile, unread} = summary
  const cost = [
    count(requests, 'request'),
    ...(retries > 0 ? [`${retries} retried`] : []),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  const hasChanges = create + change + remove > 0
  return [
    unread > 0 ? style.warn(planWords(summary)) : planWords(summary),
    ...joinFitting([...othersWords(summary), ...cost], style.columns),
    ...callers.map(({arn}) => `As: ${arn}`),
    ...(planFile === null ? [] : [`Saved plan ${planFile}: gantry repos apply ${planFile}`]),
    ...(planFile === null && hasChanges
      ? wrapWords(
          'Not saved: give --out plan.json for gantry repos apply plan.json to do this and nothing else.',
          style.columns,
        )
      : []),
  ]
}

function paintSign(sign: Sign | '?' | ' ', style: Style): string {
  const paint = {
    '+': style.good,
    '-': style.bad,
    '~': style.warn,
    '!': style.bad,
    '?': style.dim,
    ' ': style.dim,
  }[sign]
  return paint(sign)
}
