/** What consent is asked for. Pure. */
import type {ReposChecks} from './apply-checks.ts'
import {isDeletion} from './apply-checks.ts'
import type {ReposApplyQuestion, ReposDeletion} from './apply-model.ts'
import type {ReposTask} from './apply-open.ts'
import type {SavedReposChange} from './plan-file.ts'
import {repositoryKey} from './repository.ts'
import {imagesIn} from './repository-writes.ts'

export function questionOf(task: ReposTask, checks: ReposChecks): ReposApplyQuestion {
  const due = dueOf(task, checks)
  const [repositories, resources] = [due.filter(isWhole), due.filter(change => !isWhole(change))]
  const number = (changes: readonly SavedReposChange[], kind: SavedReposChange['kind']) =>
    changes.filter(change => change.kind === kind).length
  const policies = due.flatMap(change => checks.policies.get(change) ?? [])
  const sum = (key: 'expire' | 'archive') => policies.reduce((total, policy) => total + policy[key], 0)
  return {
    changes: {
      create: number(resources, 'create'),
      change: number(resources, 'change'),
      remove: number(resources, 'remove'),
    },
    createdRepositories: number(repositories, 'create'),
    deletedRepositories: number(repositories, 'remove'),
    deletedImages: imagesOf(repositories.filter(isDeletion)),
    expire: sum('expire'),
    archive: sum('archive'),
    registries: [...new Set(due.map(({registry}) => registry.label))],
    callers: task.open.callers,
  }
}

/** Null when no repository goes with images. */
export function deletionOf(task: ReposTask, checks: ReposChecks): ReposDeletion | null {
  const held = dueOf(task, checks).filter(change => isDeletion(change) && imagesIn(change) > 0)
  const [first, ...others] = held.map(({registry, repository}) => `${registry.label}/${repository}`)
  return first === undefined ? null : {repositories: [first, ...others], images: imagesOf(held)}
}

function dueOf({plan}: ReposTask, {hindrances, policies}: ReposChecks): SavedReposChange[] {
  return plan.changes.filter(change => !hindrances.has(change) && policies.get(change)?.state !== 'done')
}

function isWhole({resource}: SavedReposChange): boolean {
  return resource === repositoryKey
}

function imagesOf(deletions: readonly SavedReposChange[]): number {
  return deletions.reduce((sum, change) => sum + imagesIn(change), 0)
}
