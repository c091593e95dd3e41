import {type Alike, joinAlike, mostNamed} from './alike.ts'
import {escapeMarkdown} from './escape.ts'
import {fitComment, markdownDetails, markdownDiff, markdownList} from './markdown.ts'
import {type PlaceReport, placesAlike, placesOf} from './repos-plan-places.ts'
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
/** So many names stand before what is said of them. */
const mostBefore = 3

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
      [
        '### Repos plan',
        '',
        escapeMarkdown([planWords(summary), ...othersWords(summary).map(words => `${words}.`)].join(' ')),
      ].join('\n'),
      ...listed('Not compared', failed),
      ...listed(
        'Blocked',
        told(places, ({remedy}) => (remedy === null ? [] : [remedy])),
      ),
      ...listed(
        'Risks',
        told(places, change => dangersOf(change, summary)),
      ),
      ...placesAlike(
        places.filter(({changes}) => changes.length > 0),
        viewPlace,
      ).map(viewAlike),
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

/** What is said of several changes alike is told once. */
function told(places: readonly PlaceReport[], of: (change: ChangeItem) => readonly string[]): string[] {
  const sentences = places.flatMap(place =>
    place.changes.flatMap(change =>
      of(change).map(text => ({name: placeTitle(place), text: `${changeTitle(change)}: ${text}`})),
    ),
  )
  return joinAlike(sentences, ({text}) => [text]).map(
    ({items}) =>
      `${namesWords(
        items.map(({name}) => name),
        mostBefore,
      )} ${items[0].text}`,
  )
}

/** `payments/api, payments/web and 3 more`. */
function namesWords(names: readonly string[], most: number): string {
  const left = names.length - most
  return `${names.slice(0, most).join(', ')}${left > 0 ? ` and ${left.toLocaleString('en-US')} more` : ''}`
}

function dangersOf(change: ChangeItem, {takenAt}: ReposPlanSummary): readonly string[] {
  return [...endangeredWords(change, takenAt), ...change.risks]
}

function placeTitle({label, repository}: Pick<PlaceReport, 'label' | 'repository'>): string {
  return repository === null ? label : `${label}/${repository}`
}

/** To open, under the names of those of which it is said. */
function viewAlike({items, lines}: Alike<PlaceReport>): string {
  const [first, ...others] = items
  const titles = first.changes.map(change => `${changeSign(change)} ${changeTitle(change)}`)
  const names = items.map(place => `${place.label} ${placeName(place)}`)
  return markdownDetails(
    `${placeSign(first)} ${namesWords(names, 1)}: ${titles.join(', ')}`,
    others.length === 0 ? lines : [...markdownList(names, mostNamed), '', ...lines],
  )
}

function viewPlace(place: PlaceReport): string[] {
  return place.changes.flatMap((change, index) => [
    ...(index === 0 ? [] : ['']),
    ...viewChange(change, place),
  ])
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
