/** What is said of registries as a whole: of several at once where all of them have the same. */
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import type {ExportedPlace, ExportedWorld, Said} from './world.ts'

/** By key of `registries`: `*`, `ALIAS` or `ALIAS@REGION`. */
export function factorRegistries({accounts, places, isWhole}: ExportedWorld): ReadonlyMap<string, Said> {
  const said = new Map<string, Map<string, Json>>()
  const say = (registry: string, key: string, value: Json): void => {
    const known = said.get(registry) ?? new Map<string, Json>()
    said.set(registry, known.set(key, value))
  }
  const everywhere = isWhole && accounts.length > 1 ? commonTo(places) : new Map<string, Json>()
  for (const [key, value] of everywhere) say('*', key, value)
  for (const [alias, ofAlias] of Map.groupBy(places, place => place.alias)) {
    const common = commonTo(ofAlias)
    for (const [key, value] of common) if (!everywhere.has(key)) say(alias, key, value)
    for (const {region, registry} of ofAlias) {
      for (const [key, value] of registry ?? []) if (!common.has(key)) say(`${alias}@${region}`, key, value)
    }
  }
  return said
}

/** What all of them have, with one value. */
function commonTo([first, ...others]: readonly ExportedPlace[]): Said {
  return new Map(
    [...(first?.registry ?? [])].filter(([key, value]) =>
      others.every(({registry}) => isSame(registry?.get(key), value)),
    ),
  )
}

function isSame(one: Json | undefined, other: Json): boolean {
  return one !== undefined && canonicalJson(one) === canonicalJson(other)
}
