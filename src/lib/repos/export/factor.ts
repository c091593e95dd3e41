/** What is said at which level of the file, so that little is said twice. */
import {canonicalJson} from '../../plan/canonical.ts'
import {fewestWords, type Seen} from './factor-repositories.ts'
import {type Leaf, type Shared, share, shareNothing, valueOf} from './factor-shared.ts'
import {branchesOf, type Sayings} from './factor-tree.ts'
import type {ExportedPlace, ExportedWorld} from './world.ts'

export interface Factored {
  readonly shared: Shared
  /** By overlay (`''` for the file) and repository. */
  readonly own: ReadonlyMap<string, ReadonlyMap<string, Sayings>>
}

export function factor(world: ExportedWorld): Factored {
  const branch = branchesOf(world)
  const leaves = leavesOf(world)
  const shared = world.isWhole ? share(branch, leaves) : shareNothing()
  const own = new Map<string, Map<string, Sayings>>()
  for (const [name, ofName] of Map.groupBy(leaves, leaf => leaf.name)) {
    for (const key of keysConcerning(ofName, shared)) {
      const seen = new Map<ExportedPlace, Seen>(
        ofName.map(leaf => [leaf.place, {value: valueOf(leaf, key), inherited: shared.inherited(leaf, key)}]),
      )
      for (const [overlay, value] of fewestWords(key, branch, seen)) {
        const ofOverlay = own.get(overlay) ?? new Map<string, Sayings>()
        const said: Sayings = ofOverlay.get(name) ?? new Map()
        own.set(overlay, ofOverlay.set(name, said.set(key, value)))
      }
    }
  }
  return {shared, own}
}

function leavesOf({places}: ExportedWorld): Leaf[] {
  return places.flatMap(place =>
    [...place.repositories].map(([name, said]) => ({
      place,
      name,
      said: new Map([...said].map(([key, value]) => [key, canonicalJson(value)])),
    })),
  )
}

/** Those that a repository has, and those that it would have if nothing were said of it. */
function keysConcerning(leaves: readonly Leaf[], {keys}: Shared): readonly string[] {
  return [...new Set([...keys, ...leaves.flatMap(({said}) => [...said.keys()])])]
}
