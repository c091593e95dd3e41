import {mapLimited} from '../oci/limiter.ts'
import {type BindOptions, type BoundChange, bindChange} from './apply-bound.ts'
import type {ReposChecks} from './apply-checks.ts'
import {type ReposApplyItem, skipped, toItem} from './apply-items.ts'
import {type ApplyOneOptions, applyOne} from './apply-one.ts'
import type {ReposTask} from './apply-open.ts'
import {turnOf} from './order.ts'
import type {SavedReposChange} from './plan-file.ts'
import {repositoryKey} from './repository.ts'
import {subjectOf} from './subjects.ts'

export interface ReposWriteOptions extends ApplyOneOptions, Pick<BindOptions, 'estate' | 'deleteImages'> {
  /** Registries and repositories at a time. */
  readonly concurrency: number
  /** Told of each change when it is done, or left. */
  readonly onItem: (item: ReposApplyItem) => Promise<void>
}

/** `VERB SUBJECT` of all requests that a plan may take, for the door. */
export function plannedRequests(
  task: ReposTask,
  {policies, hindrances}: ReposChecks,
  options: Pick<BindOptions, 'estate' | 'deleteImages'>,
): string[] {
  const bindOf = binder(task, options)
  const due = task.plan.changes.filter(change => !hindrances.has(change))
  return due.flatMap(change => {
    const policy = policies.get(change)?.saved.action
    if (policy !== undefined) return [`${policy.verb} ${policy.subject}`]
    return bindOf(change).verbs.map(verb => `${verb} ${subjectOf(change)}`)
  })
}

/**
 * Makes the changes of a plan, turn by turn (`order.ts`): those of one registry as a whole, or of one repository, in the
 * order of the plan; several registries and repositories at a time. What fails stops nothing but what depends on it.
 *
 * @returns an item for each change, in the order of the plan.
 * @throws {FailureError} JOURNAL_FAILED.
 */
export async function writeChanges(
  task: ReposTask,
  checks: ReposChecks,
  options: ReposWriteOptions,
): Promise<ReposApplyItem[]> {
  const {changes} = task.plan
  const bindOf = binder(task, options)
  const items = new Map<SavedReposChange, ReposApplyItem>()
  /** Repositories that were to be made and are not there. */
  const unmade = new Map<string, ReposApplyItem>()
  const doOne = async (change: SavedReposChange): Promise<void> => {
    const missing = unmade.get(placeOf(change))
    const item =
      missing === undefined
        ? await applyOne(change, bindOf(change), checks, task, options)
        : withoutRepository(change, missing)
    if (isCreation(change) && !leavesRepository.has(item.outcome)) unmade.set(placeOf(change), item)
    items.set(change, item)
    await options.onItem(item)
  }
  const turns = [...Map.groupBy(changes, turnOf)].toSorted(([a], [b]) => a - b)
  for (const [, ofTurn] of turns) {
    const places = [...Map.groupBy(ofTurn, placeOf).values()]
    await mapLimited(places, options.concurrency, async ofPlace => {
      for (const change of ofPlace) await doOne(change)
    })
  }
  return changes.flatMap(change => items.get(change) ?? [])
}

/** What becomes of a creation when the repository is there. */
const leavesRepository: ReadonlySet<ReposApplyItem['outcome']> = new Set(['applied', 'unchanged'])

/** Nothing can be looked at in a repository that is not there (yet). */
function withoutRepository(change: SavedReposChange, repository: ReposApplyItem): ReposApplyItem {
  const {outcome} = repository
  if (outcome === 'planned' || outcome === 'interrupted') return toItem(change, outcome)
  return skipped(change, repository)
}

function binder(
  {open, file}: ReposTask,
  {estate, deleteImages}: Pick<BindOptions, 'estate' | 'deleteImages'>,
): (change: SavedReposChange) => BoundChange {
  return change => bindChange(change, {open, estate, file, deleteImages})
}

function isCreation({resource, kind}: SavedReposChange): boolean {
  return resource === repositoryKey && kind === 'create'
}

/** The registry, or the repository. */
function placeOf({registry, repository}: SavedReposChange): string {
  return repository === null ? registry.host : `${registry.host}/${repository}`
}
