import {BugError, exitCodes, GantryError, RefusalError} from '../errors.ts'
import {notWritten} from '../lifecycle/apply-items.ts'
import {writeOnePolicy} from '../lifecycle/apply-writes.ts'
import {lifecycleMutations} from '../lifecycle/mutations.ts'
import type {Door} from '../plan/door.ts'
import type {BoundChange} from './apply-bound.ts'
import {isDeletion, type ReposChecks} from './apply-checks.ts'
import {type ReposApplyItem, toItem} from './apply-items.ts'
import type {ReposTask} from './apply-open.ts'
import {reposMutations} from './mutations.ts'
import type {SavedReposChange} from './plan-file.ts'
import {imagesIn} from './repository-writes.ts'
import {subjectOf} from './subjects.ts'

export interface ApplyOneOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** The way to all changes; without one everything is looked at, and nothing is changed. */
  readonly mutate: Door | undefined
}

/**
 * Does one change of a plan, unless something hinders it.
 *
 * @returns also when it failed, was refused or was interrupted.
 * @throws {FailureError} JOURNAL_FAILED; what is no `GantryError`.
 */
export async function applyOne(
  change: SavedReposChange,
  bound: BoundChange,
  checks: ReposChecks,
  task: ReposTask,
  options: ApplyOneOptions,
): Promise<ReposApplyItem> {
  const {now, signal, mutate} = options
  const hindered = hinderedItem(change, checks)
  if (hindered !== null) return hindered
  const planned = plannedItem(change, checks)
  if (planned.outcome === 'unchanged') return planned
  const policy = checks.policies.get(change)
  if (policy !== undefined) {
    if (mutate === undefined) return planned
    const {file, open} = task
    const {expiresAt} = task.plan
    const mutations = lifecycleMutations(mutate)
    const {outcome, error} = await writeOnePolicy(policy, open, mutations, {file, expiresAt, now, signal})
    return {...planned, outcome, error}
  }
  const {outcome, error} = await outcomeOf(change, bound, task, options)
  return {...toItem(change, outcome, {error}), images: planned.images}
}

/** What is said of a change before anything is done. */
export function untouchedItem(change: SavedReposChange, checks: ReposChecks): ReposApplyItem {
  return hinderedItem(change, checks) ?? plannedItem(change, checks)
}

function hinderedItem(change: SavedReposChange, {hindrances}: ReposChecks): ReposApplyItem | null {
  const hindrance = hindrances.get(change)
  return hindrance === undefined ? null : toItem(change, hindrance.outcome, {error: hindrance.error})
}

function plannedItem(change: SavedReposChange, {policies}: ReposChecks): ReposApplyItem {
  const policy = policies.get(change)
  if (policy === undefined)
    return toItem(change, 'planned', {images: isDeletion(change) ? imagesIn(change) : 0})
  const {outcome, expire, archive} = notWritten(policy)
  return toItem(change, outcome, {images: expire + archive})
}

interface Came {
  readonly outcome: ReposApplyItem['outcome']
  readonly error?: GantryError | undefined
}

async function outcomeOf(
  change: SavedReposChange,
  bound: BoundChange,
  {file, plan}: ReposTask,
  {now, signal, mutate}: ApplyOneOptions,
): Promise<Came> {
  const attempt = attemptAt(bound)
  try {
    signal.throwIfAborted()
    if (now() >= plan.expiresAt) return {outcome: 'refused', error: expired(file, change)}
    if (mutate === undefined) return {outcome: (await bound.look()) ? 'unchanged' : 'planned'}
    const {look, through} = attempt
    const {before, after} = change
    await bound.send(reposMutations(through(mutate), {subject: subjectOf(change), before, after, look}))
    if (attempt.state() === 'begun')
      throw new BugError(`${subjectOf(change)} was to change, and nothing was sent.`)
    return {outcome: attempt.state() === 'unneeded' ? 'unchanged' : 'applied'}
  } catch (error) {
    if (error instanceof GantryError && error.code === 'JOURNAL_FAILED') throw error
    if (signal.aborted) return {outcome: 'interrupted'}
    if (!(error instanceof GantryError)) throw error
    const state = attempt.state()
    if ((state === 'begun' || state === 'in doubt') && (await isDoneAllTheSame(bound, error)))
      return {outcome: state === 'begun' ? 'unchanged' : 'applied'}
    return {outcome: error.code === 'PLAN_STALE' ? 'refused' : 'failed', error}
  }
}

/**
 * How far a change has come: `looked` when a look has failed or has not ended, `in doubt` when a request may have been
 * done though it failed.
 */
type AttemptState = 'begun' | 'looked' | 'unneeded' | 'due' | 'in doubt'

function attemptAt(bound: BoundChange) {
  let state: AttemptState = 'begun'
  return {
    state: () => state,
    look: async (): Promise<boolean> => {
      const isFirst = state === 'begun'
      if (isFirst) state = 'looked'
      const isDone = await bound.look()
      if (isFirst) state = isDone ? 'unneeded' : 'due'
      return isDone
    },
    through:
      (mutate: Door): Door =>
      async mutation => {
        try {
          return await mutate(mutation)
        } catch (error) {
          if (state === 'due') state = 'in doubt'
          throw error
        }
      },
  }
}

/** Whether it is as it is to be, whatever an answer says, or none that came. What was denied was not done. */
async function isDoneAllTheSame(bound: BoundChange, error: GantryError): Promise<boolean> {
  if (error.exitCode === exitCodes.denied || error instanceof BugError) return false
  try {
    return await bound.look()
  } catch {
    // The first error is what is told.
    return false
  }
}

function expired(file: string, change: SavedReposChange): RefusalError {
  return new RefusalError(
    'PLAN_EXPIRED',
    `${file} expired before it was applied; ${subjectOf(change)} was left. Make a new plan.`,
  )
}
