import type {PlannedChange} from './model.ts'
import {repositoryKey} from './repository.ts'
import {earlyResources} from './resources.ts'

const early = new Set(earlyResources.map(({key}) => key))

/**
 * Changes in the order in which they are applied: what registries make repositories like, repositories to be made, what
 * repositories have, what acts on them, and repositories to be deleted last. What comes at the same time keeps its order.
 */
export function inOrderOfApplying(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  return changes.toSorted((a, b) => turnOf(a) - turnOf(b))
}

/** Changes of a lower turn come first; those of one turn do not depend on each other, but within a repository. */
export function turnOf({
  repository,
  resource,
  kind,
}: Pick<PlannedChange, 'repository' | 'resource' | 'kind'>): number {
  if (repository === null) return early.has(resource) ? 0 : 3
  if (resource !== repositoryKey) return 2
  return kind === 'create' ? 1 : 4
}
