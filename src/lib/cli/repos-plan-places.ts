import {type Alike, joinAlike} from './alike.ts'
import type {ChangeItem, ForeignItem, ReposPlanItem, UnreadItem} from './repos-plan-result.ts'

/** What is said of one registry as a whole, or of one repository. */
export interface PlaceReport {
  /** Label of the registry. */
  readonly label: string
  /** 12 digits. */
  readonly account: string
  /** Null for the registry as a whole. */
  readonly repository: string | null
  readonly changes: readonly ChangeItem[]
  readonly foreign: readonly ForeignItem[]
  readonly unread: readonly UnreadItem[]
}

/** By the names of registries, each itself first, and of repositories. Without repositories of which there is nothing but what stays as it is. */
export function placesOf(items: readonly ReposPlanItem[]): readonly PlaceReport[] {
  const places = Map.groupBy(
    items.filter(item => item.kind !== 'unlisted'),
    ({registry, repository}) => `${registry.label}/${repository ?? ''}`,
  )
  const reports = [...places.values()].flatMap(here => {
    const [first] = here
    if (first === undefined) return []
    const {registry, repository} = first
    return {
      label: registry.label,
      account: registry.account,
      repository,
      changes: here.filter(isChange),
      foreign: here.filter(item => item.kind === 'foreign'),
      unread: here.filter(item => item.kind === 'unread'),
    }
  })
  return reports
    .filter(({repository, changes, unread}) => repository === null || changes.length + unread.length > 0)
    .toSorted((a, b) => compare(a.label, b.label) || compare(a.repository ?? '', b.repository ?? ''))
}

/** By code units: the same wherever it runs. */
function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function isChange(item: ReposPlanItem): item is ChangeItem {
  return item.kind !== 'foreign' && item.kind !== 'unlisted' && item.kind !== 'unread'
}

/** Places of which the same is said, with what is: where the file says it too, if that is one place for all of them. */
export function placesAlike(
  places: readonly PlaceReport[],
  linesOf: (place: PlaceReport) => readonly string[],
): readonly Alike<PlaceReport>[] {
  return joinAlike(places, place => linesOf(withoutSources(place))).map(({items, lines}) => {
    const [first, ...others] = items
    const said = sourcesOf(first)
    return {items, lines: others.every(place => sourcesOf(place) === said) ? linesOf(first) : lines}
  })
}

function withoutSources(place: PlaceReport): PlaceReport {
  return {...place, changes: place.changes.map(change => ({...change, source: null}))}
}

function sourcesOf({changes}: PlaceReport): string {
  return JSON.stringify(changes.map(({source}) => source?.origin))
}
