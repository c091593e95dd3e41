import {BugError, GantryError} from '../errors.ts'
import {createLimiter} from '../oci/limiter.ts'
import {journaledMutations, type Mutations} from './mutations.ts'
import type {RunRecord} from './record.ts'
import type {RollbackStep} from './rollback.ts'
import {plannedRollback, type RollbackItem, toItem} from './rollback-items.ts'
import {moveTags} from './tag-moves.ts'

export interface ApplyRollbackOptions {
  readonly record: RunRecord
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Tags in flight. */
  readonly concurrency: number
}

/** Does the plan. Tags fail one by one; each gets an item, also when the run is interrupted. */
export async function applyRollback(
  steps: readonly RollbackStep[],
  {record, signal, now, concurrency}: ApplyRollbackOptions,
): Promise<RollbackItem[]> {
  const mutations = journaledMutations(record.journal, now)
  const inFlight = createLimiter(concurrency)
  return Promise.all(
    steps.map(async step => {
      const item = await inFlight.run(() => putBack(step, mutations, signal))
      const {caller} = step.move.endpoint
      await record.item({...item, error: item.error && {...item.error}, caller: caller ? {...caller} : null})
      return item
    }),
  )
}

async function putBack(step: RollbackStep, mutations: Mutations, signal: AbortSignal): Promise<RollbackItem> {
  if (step.verdict !== 'move') return plannedRollback(step)
  const {endpoint, repository} = step.move
  try {
    signal.throwIfAborted()
    await moveTags(endpoint.registry.repository(repository), step.manifest, [step.change], {mutations})
    return toItem(step, 'restored')
  } catch (error) {
    if (signal.aborted) return toItem(step, 'interrupted')
    return toItem(
      step,
      'failed',
      error instanceof GantryError ? error : new BugError(String(error), {cause: error}),
    )
  }
}
