import type {GantryError} from '../errors.ts'
import {type ItemError, itemError} from '../plan/items.ts'
import type {CheckedChange} from './apply.ts'

/** What became of one repository's policy. */
export interface LifecycleApplyItem {
  readonly registry: string
  readonly repository: string
  readonly verb: string
  /**
   * `unchanged`: the policy was what it is to be already; `refused`: it is not what it was any more; `interrupted`: the run
   * was stopped before it was written, or while it was.
   */
  readonly outcome: 'applied' | 'unchanged' | 'planned' | 'failed' | 'refused' | 'interrupted'
  /** Images that ECR expires and archives because of it until the plan expires. */
  readonly expire: number
  readonly archive: number
  readonly error: ItemError | null
}

export function toItem(
  {saved, expire, archive}: CheckedChange,
  outcome: LifecycleApplyItem['outcome'],
  error?: GantryError,
): LifecycleApplyItem {
  return {
    registry: saved.registry.label,
    repository: saved.repository,
    verb: saved.action.verb,
    outcome,
    expire,
    archive,
    error: itemError(error),
  }
}

/** What a look alone says of a repository. */
export function notWritten(change: CheckedChange): LifecycleApplyItem {
  return toItem(change, change.state === 'done' ? 'unchanged' : 'planned')
}
