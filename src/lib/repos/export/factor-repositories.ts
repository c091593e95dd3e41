/** What is said of one repository beyond what is shared: at the fewest levels that tell its places apart. */
import {BugError} from '../../errors.ts'
import {type Branch, fits, isRemovable, type Value} from './factor-tree.ts'
import type {ExportedPlace} from './world.ts'

/** A value at one place, and what weaker levels say there; undefined when they say nothing. */
export interface Seen {
  readonly value: Value
  readonly inherited: Value | undefined
}

/** What is to be said, by overlay. */
export type Words = readonly (readonly [overlay: string, value: Value])[]

/**
 * The fewest words that give a key its values. Of equally few, those at the weaker level.
 *
 * @param seen what there is at the places that have the repository.
 */
export function fewestWords(key: string, branch: Branch, seen: ReadonlyMap<ExportedPlace, Seen>): Words {
  if ([...seen.values()].every(({value, inherited}) => fits(inherited, value))) return []
  const best = fewestOf(key, branch, seen)
  if (best === undefined) throw new BugError(`an export has no words for ${key}.`)
  return best
}

/** Undefined when it cannot be said: null of what cannot be removed. */
function fewestOf(key: string, branch: Branch, seen: ReadonlyMap<ExportedPlace, Seen>): Words | undefined {
  const here = branch.places.flatMap(place => seen.get(place) ?? [])
  if (here.every(({value, inherited}) => fits(inherited, value))) return []
  const candidates: (Value | undefined)[] = byFrequency(here.map(({value}) => value))
  let best: Words | undefined
  for (const word of [...candidates, undefined]) {
    if (word === null && !isRemovable(key)) continue
    const words = withWord(key, branch, seen, word)
    if (words !== undefined && (best === undefined || words.length < best.length)) best = words
  }
  return best
}

function withWord(
  key: string,
  branch: Branch,
  seen: ReadonlyMap<ExportedPlace, Seen>,
  word: Value | undefined,
): Words | undefined {
  const told =
    word === undefined
      ? seen
      : new Map(
          branch.places.flatMap(place => {
            const one = seen.get(place)
            return one === undefined ? [] : [[place, {...one, inherited: word}] as const]
          }),
        )
  const own: Words = word === undefined ? [] : [[branch.overlay, word]]
  if (branch.branches.length === 0) {
    const isSaid = branch.places.every(place => {
      const one = told.get(place)
      return one === undefined || fits(one.inherited, one.value)
    })
    return isSaid ? own : undefined
  }
  const inner = branch.branches.map(each => fewestOf(key, each, told))
  return inner.every(words => words !== undefined) ? [...own, ...inner.flat()] : undefined
}

/** Distinct values, the most frequent first, then in the order of their texts. */
export function byFrequency(values: readonly Value[]): Value[] {
  const groups = Map.groupBy(values, value => value)
  return [...groups]
    .toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || ((a ?? '') < (b ?? '') ? -1 : 1))
    .map(([value]) => value)
}
