/** The levels at which repos.yaml says something of some repositories: for all places, an account's, or one. */
import type {ExportedPlace, ExportedWorld} from './world.ts'

/** A value as canonical JSON; null where there is none. */
export type Value = string | null

/** What levels say, by key of what was said (`tags.team`). */
export type Sayings = Map<string, Value>

/** A level of the file, and the stronger ones within it. */
export interface Branch {
  /** `''` for the file, else the overlay: `ALIAS` or `ALIAS@REGION`. */
  readonly overlay: string
  readonly places: readonly ExportedPlace[]
  readonly branches: readonly Branch[]
}

/** Branches that would mean the same places as what they are within are left out. */
export function branchesOf({places}: Pick<ExportedWorld, 'places'>): Branch {
  const byAlias = Map.groupBy(places, ({alias}) => alias)
  const accounts = [...byAlias].map(([alias, ofAlias]): Branch => {
    const regions = ofAlias.map(place => ({
      overlay: `${alias}@${place.region}`,
      places: [place],
      branches: [],
    }))
    return {overlay: alias, places: ofAlias, branches: regions.length > 1 ? regions : []}
  })
  const [first] = accounts
  const isOne = first !== undefined && accounts.length === 1
  return {overlay: '', places, branches: isOne ? first.branches : accounts}
}

/** Whether what is said, or undefined when nothing is, leaves a value as it is: what is not there needs no word. */
export function fits(said: Value | undefined, value: Value): boolean {
  return value === (said ?? null)
}

/** Keys whose values can be removed, so that null can be said where others say more. */
export function isRemovable(key: string): boolean {
  return key === 'policy' || key === 'lifecycle' || key.startsWith('tags.')
}
