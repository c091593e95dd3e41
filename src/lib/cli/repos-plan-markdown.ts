import {escapeMarkdown} from './escape.ts'
import {fitComment, markdownDetails, markdownDiff, markdownList} from './markdown.ts'
import {type PlaceReport, placesOf} from './repos-plan-places.ts'
import type {ChangeItem, ReposPlanResult, ReposPlanSummary} from './repos-plan-result.ts'
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
} from './repos-plan-words.ts'

/** So much that is wrong is told of each kind. */
const mostTold = 50

/** The plan as a comment of a pull request: GitHub's Markdown, at most 64 KiB, and a line says what was left out. */
export function markdownOfReposPlan({items, summary}: ReposPlanResult): string {
  const places = placesOf(items)
  const unread = items.flatMap(item => (item.kind === 'unread' ? [item] : []))
  const unlisted = items.flatMap(item =>
    item.kind === 'unlisted' ? [`${item.registry.label}/${item.repository}`] : [],
  )
  const failed = unread.map(
    ({registry, repository, resource, error}) =>
      `${placeTitle({label: registry.label, repository})} ${resource}: ${error.message}`,
  )
  return fitComment(
    [
      ['### Repos plan', '', escapeMarkdown([planWords(summary), ...othersWords(summary)].join(' '))].join(
        '\n',
      ),
      ...listed('Not compared', failed),
      ...listed(
        'Blocked',
        places.flatMap(place => told(place, ({remedy}) => (remedy === null ? [] : [remedy]))),
      ),
      ...listed(
        'Risks',
        places.flatMap(place => told(place, change => dangersOf(change, summary))),
      ),
      ...places.filter(({changes}) => changes.length > 0).map(viewPlace),
      ...(unlisted.length === 0
        ? []
        : [markdownDetails('There, and not listed in repos.yaml', markdownList(unlisted, mostTold))]),
    ],
    leftOut =>
      `**${leftOut === 1 ? '1 more part is' : `${leftOut} more parts are`} left out, for a comment has no room: see \`--json\`.**`,
  )
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`**${title}:**`, '', ...markdownList(lines, mostTold)].join('\n')]
}

function told(place: PlaceReport, of: (change: ChangeItem) => readonly string[]): string[] {
  return place.changes.flatMap(change =>
    of(change).map(text => `${placeTitle(place)} ${changeTitle(change)}: ${text}`),
  )
}

function dangersOf(change: ChangeItem, {takenAt}: ReposPlanSummary): readonly string[] {
  return [...endangeredWords(change, takenAt), ...change.risks]
}

function placeTitle({label, repository}: Pick<PlaceReport, 'label' | 'repository'>): string {
  return repository === null ? label : `${label}/${repository}`
}

function viewPlace(place: PlaceReport): string {
  const titles = place.changes.map(change => `${changeSign(change)} ${changeTitle(change)}`)
  return markdownDetails(
    `${placeSign(place)} ${place.label} ${placeName(place)}: ${titles.join(', ')}`,
    place.changes.flatMap((change, index) => [...(index === 0 ? [] : ['']), ...viewChange(change, place)]),
  )
}

function viewChange(change: ChangeItem, {foreign}: PlaceReport): string[] {
  const origin = originWords(change)
  const lines = changeLines(change)
  const kept = foreign.filter(({resource}) => resource === change.resource).map(foreignWords)
  const notes = [...impactWords(change), ...change.notes, ...kept]
  return [
    escapeMarkdown(`${changeSign(change)} ${changeTitle(change)}${origin === '' ? '' : ` (${origin})`}`),
    ...(lines.length === 0 ? [] : ['', ...markdownDiff(lines)]),
    ...(notes.length === 0 ? [] : ['', ...markdownList(notes, mostTold)]),
  ]
}
