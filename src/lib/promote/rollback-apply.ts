import {BugError, GantryError} from '../errors.ts'
import {createLimiter} from '../oci/limiter.ts'
import type {RunRecord} from '../plan/run-record.ts'
import {Archives} from './archives.ts'
import {type Mutations, promotionMutations} from './mutations.ts'
import type {RollbackStep} from './rollback.ts'
import {plannedRollback, type RollbackItem, toItem} from './rollback-items.ts'
import {moveTags} from './tag-moves.ts'

export interface ApplyRollbackOptions {
  readonly record: RunRecord
  readonly signal: AbortSignal
  /** Tags in flight. */
  readonly concurrency: number
}

/** Does the plan. Tags fail one by one; each gets an item, also when the run is interrupted. */
export async function applyRollback(
  steps: readonly RollbackStep[],
  {record, signal, concurrency}: ApplyRollbackOptions,
): Promise<RollbackItem[]> {
  const mutations = promotionMutations(record.mutate)
  const due = steps.filter(({verdict}) => verdict === 'move')
  const archives = new Archives(
    due.map(({move}) => move.endpoint.registry),
    mutations,
  )
  const inFlight = createLimiter(concurrency)
  return Promise.all(
    steps.map(async step => {
      const {caller} = step.move.endpoint
      const item = await restored(step, () => inFlight.run(() => putBack(step, mutations, signal)), {
        archives,
        signal,
      })
      await record.item({...item, error: item.error && {...item.error}, caller: caller ? {...caller} : null})
      return item
    }),
  )
}

/** A tag in an archive is where it was when the archive is written. */
async function restored(
  step: RollbackStep,
  putBack: () => Promise<RollbackItem>,
  {archives, signal}: {archives: Archives; signal: AbortSignal},
): Promise<RollbackItem> {
  const item = await putBack()
  if (step.verdict !== 'move') return item
  const isChanged = item.outcome === 'restored'
  const written = archives.complete(step.move.endpoint.registry, isChanged).then(() => item)
  const settled = await written.catch((error: unknown) => unfinished(step, error, signal))
  return isChanged ? settled : item
}

async function putBack(step: RollbackStep, mutations: Mutations, signal: AbortSignal): Promise<RollbackItem> {
  if (step.verdict !== 'move') return plannedRollback(step)
  const {endpoint, repository} = step.move
  try {
    signal.throwIfAborted()
    await moveTags(endpoint.registry.repository(repository), step.manifest, [step.change], {mutations})
    return toItem(step, 'restored')
  } catch (error) {
    return unfinished(step, error, signal)
  }
}

function unfinished(step: RollbackStep, error: unknown, signal: AbortSignal): RollbackItem {
  if (signal.aborted) return toItem(step, 'interrupted')
  return toItem(
    step,
    'failed',
    error instanceof GantryError ? error : new BugError(String(error), {cause: error}),
  )
}
