import type {GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {type ItemError, itemError} from '../plan/items.ts'
import {type RollbackStep, targetOfMove} from './rollback.ts'

/** What became of one tag. */
export interface RollbackItem {
  readonly destination: string
  /** Registry host and repository. */
  readonly target: string
  readonly tag: string
  /** What the tag held when it was looked at; null when it did not exist. */
  readonly before: Digest | null
  /** What it held before the recorded run, and is to hold again; null when the run created it. */
  readonly after: Digest | null
  /**
   * `planned`: would be put back; `unchanged`: it is there already; `not-removed`: the run created the tag, and tags are
   * not deleted.
   */
  readonly outcome: 'restored' | 'unchanged' | 'not-removed' | 'planned' | 'failed' | 'interrupted'
  readonly error: ItemError | null
}

/** What a plan says of a tag. */
export function plannedRollback(step: RollbackStep): RollbackItem {
  switch (step.verdict) {
    case 'move':
      return toItem(step, 'planned')
    case 'refused':
      return toItem(step, 'failed', step.error)
    case 'unchanged':
    case 'not-removed':
      return toItem(step, step.verdict)
  }
}

export function toItem(
  {move, current}: RollbackStep,
  outcome: RollbackItem['outcome'],
  error?: GantryError,
): RollbackItem {
  return {
    destination: move.endpoint.side.label,
    target: targetOfMove(move),
    tag: move.tag,
    before: current,
    after: move.before,
    outcome,
    error: itemError(error),
  }
}
