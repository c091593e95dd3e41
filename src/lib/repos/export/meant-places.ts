/** `in`: where repositories are. */
import type {ExportedWorld} from './world.ts'

/** `ALIAS` where the repository is in all regions of the account, else `ALIAS@REGION`. */
export type Places = readonly string[]

/** By name, in the order of the names. */
export function placesByName({accounts, places}: ExportedWorld): ReadonlyMap<string, Places> {
  const names = new Set(places.flatMap(({repositories}) => [...repositories.keys()]))
  const known = new Map<string, Places>()
  return new Map(
    [...names].toSorted().map(name => {
      const having = places.filter(({repositories}) => repositories.has(name))
      const meant = accounts.flatMap(({alias, regions}) => {
        const here = having.filter(place => place.alias === alias).map(({region}) => region)
        return here.length === regions.length ? [alias] : here.map(region => `${alias}@${region}`)
      })
      // Those that are the same are one object.
      const key = meant.join(' ')
      const same = known.get(key) ?? meant
      known.set(key, same)
      return [name, same]
    }),
  )
}

/** Where more than half of several repositories are; undefined when they are all over the place. */
export function usualPlaces(places: ReadonlyMap<string, Places>): Places | undefined {
  const groups = Map.groupBy(places.values(), meant => meant)
  const usual = [...groups].find(([, same]) => same.length > 1 && same.length * 2 > places.size)
  return usual?.[0]
}
