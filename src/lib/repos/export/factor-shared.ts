/** What is said of many repositories at once: `defaults`, those of overlays, and `match` for what begins alike. */
import {byFrequency} from './factor-repositories.ts'
import {type Branch, fits, isRemovable, type Sayings, type Value} from './factor-tree.ts'
import type {ExportedPlace} from './world.ts'

/** A repository at a place. */
export interface Leaf {
  readonly place: ExportedPlace
  readonly name: string
  readonly said: ReadonlyMap<string, string>
}

export interface Shared {
  /** Of which something is said. */
  readonly keys: ReadonlySet<string>
  /** By overlay; `''` for the file. */
  readonly defaults: ReadonlyMap<string, Sayings>
  readonly match: readonly {readonly prefix: string; readonly set: Sayings}[]
  /** What those say of a repository; undefined when they say nothing. */
  readonly inherited: (leaf: Leaf, key: string) => Value | undefined
}

/** Of fewer names nothing is shared that a repository could not as well say itself. */
const fewNames = 2
const fewNamesOfPrefix = 3

export function shareNothing(): Shared {
  return {keys: new Set(), defaults: new Map(), match: [], inherited: () => undefined}
}

/** What more than half of the repositories of a level have, and what all of a prefix have. */
export function share(branch: Branch, leaves: readonly Leaf[]): Shared {
  const keys = keysOfSeveral(leaves)
  const defaults = new Map<string, Sayings>()
  const byPlace = new Map<ExportedPlace, Sayings>()
  for (const key of keys) shareDefault(key, branch, leaves, undefined, defaults, byPlace)
  const ofDefaults = ({place}: Leaf, key: string) => byPlace.get(place)?.get(key)
  const match = shareByPrefix(leaves, keys, ofDefaults)
  const byPrefix = new Map(match.map(({prefix, set}) => [prefix, set]))
  return {
    keys: new Set([...defaults.values(), ...byPrefix.values()].flatMap(said => [...said.keys()])),
    defaults,
    match,
    inherited(leaf, key) {
      const own = byPrefix.get(prefixOf(leaf.name) ?? '')?.get(key)
      return own === undefined ? ofDefaults(leaf, key) : own
    },
  }
}

/** Keys that so few have need no look, however many they are. */
function keysOfSeveral(leaves: readonly Leaf[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const {said} of leaves) for (const key of said.keys()) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts].flatMap(([key, count]) => (count < fewNames ? [] : [key]))
}

function shareDefault(
  key: string,
  {overlay, places, branches}: Branch,
  leaves: readonly Leaf[],
  inherited: Value | undefined,
  defaults: Map<string, Sayings>,
  byPlace: Map<ExportedPlace, Sayings>,
): void {
  const here = overlay === '' ? leaves : leaves.filter(({place}) => places.includes(place))
  const value = majorityOf(key, here)
  const isWord = value !== undefined && !fits(inherited, value)
  const said = isWord ? value : inherited
  if (isWord) sayingsOf(defaults, overlay).set(key, value)
  if (said !== undefined) for (const place of places) sayingsOf(byPlace, place).set(key, said)
  for (const each of branches) shareDefault(key, each, here, said, defaults, byPlace)
}

/** Undefined when there is none, or when some have nothing of what cannot be removed. */
function majorityOf(key: string, leaves: readonly Leaf[]): Value | undefined {
  const values = leaves.map(leaf => valueOf(leaf, key))
  if (values.includes(null) && !isRemovable(key)) return undefined
  const [first] = byFrequency(values)
  if (first === undefined) return undefined
  const having = leaves.filter(leaf => valueOf(leaf, key) === first)
  const names = new Set(having.map(({name}) => name))
  return having.length * 2 > leaves.length && names.size >= fewNames ? first : undefined
}

/** Where all repositories of a prefix have what defaults say otherwise, and one entry is shorter than what it saves. */
function shareByPrefix(
  leaves: readonly Leaf[],
  keys: readonly string[],
  inherited: Shared['inherited'],
): Shared['match'] {
  const groups = Map.groupBy(leaves, ({name}) => prefixOf(name) ?? '')
  groups.delete('')
  return [...groups].flatMap(([prefix, group]) => {
    const names = new Set(group.map(({name}) => name))
    if (names.size < fewNamesOfPrefix) return []
    const set: Sayings = new Map()
    let saved = 0
    for (const key of keys) {
      const values = new Set(group.map(leaf => valueOf(leaf, key)))
      const [value] = values
      if (value === undefined || values.size > 1 || (value === null && !isRemovable(key))) continue
      const others = new Set(group.filter(leaf => !fits(inherited(leaf, key), value)).map(({name}) => name))
      if (others.size < 2) continue
      saved += others.size - 1
      set.set(key, value)
    }
    return saved > linesOfEntry ? [{prefix, set}] : []
  })
}

/** `names` and `set`. */
const linesOfEntry = 2

export function valueOf({said}: Leaf, key: string): Value {
  return said.get(key) ?? null
}

/** `payments` of `payments/api`. */
function prefixOf(name: string): string | undefined {
  const slash = name.indexOf('/')
  return slash === -1 ? undefined : name.slice(0, slash)
}

function sayingsOf<Key>(map: Map<Key, Sayings>, key: Key): Sayings {
  const known = map.get(key)
  if (known !== undefined) return known
  const made: Sayings = new Map()
  map.set(key, made)
  return made
}
