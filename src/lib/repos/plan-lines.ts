import {canonicalJson, type Json} from '../plan/canonical.ts'
import {diffValue} from './compare.ts'
import type {PlannedChange} from './model.ts'
import {type Holdings, repositoryKey} from './repository.ts'
import type {DiffLine} from './resource.ts'
import {earlyResources, lateResources, repositoryResources} from './resources.ts'

type Changing = Pick<PlannedChange, 'repository' | 'resource' | 'before' | 'after'>

const ofRegistries = new Map([...earlyResources, ...lateResources].map(resource => [resource.key, resource]))
const ofRepositories = new Map(repositoryResources.map(resource => [resource.key, resource]))

/** What a change shows, by its values. Values of another form than the resource's make it throw anything. */
export function linesOf({repository, resource, before, after}: Changing): readonly DiffLine[] {
  if (repository !== null && resource === repositoryKey) {
    if (after === null) return diffValue('images', (before as unknown as Holdings).images || null, null)
    return Object.entries(after as object).flatMap(([key, value]) => diffValue(key, null, value))
  }
  const known = (repository === null ? ofRegistries : ofRepositories).get(resource)
  return known?.diff(before, after) ?? []
}

/** Whether lines are those of a change, whatever their order: what a plan shows is what it does. */
export function areLinesOf(lines: readonly unknown[], change: Changing): boolean {
  const inOrder = (all: readonly unknown[]) => all.map(line => canonicalJson(line as Json)).toSorted()
  try {
    return canonicalJson(inOrder(lines)) === canonicalJson(inOrder(linesOf(change)))
  } catch {
    return false
  }
}
