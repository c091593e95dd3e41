import {type ExitCode, exitCodes, GantryError} from '../errors.ts'
import type {CheckedChange} from './apply.ts'

/** What became of one repository's policy. */
export interface LifecycleApplyItem {
  readonly registry: string
  readonly repository: string
  readonly verb: string
  /** `unchanged`: the policy was what it is to be already; `refused`: it is not what it was any more. */
  readonly outcome: 'applied' | 'unchanged' | 'planned' | 'failed' | 'refused'
  /** Images that ECR expires and archives because of it until the plan expires. */
  readonly expire: number
  readonly archive: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hints: readonly string[]
    readonly exitCode: ExitCode
  } | null
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
    error:
      error === undefined
        ? null
        : {code: error.code, message: error.message, hints: error.hints, exitCode: error.exitCode},
  }
}

/** What a look alone says of a repository. */
export function notWritten(change: CheckedChange): LifecycleApplyItem {
  return toItem(change, change.state === 'done' ? 'unchanged' : 'planned')
}

/** 0 when nothing failed; the failures' own code when nothing else happened and all agree; else 4. */
export function exitCodeOf(items: readonly LifecycleApplyItem[], {reason: stop}: AbortSignal): ExitCode {
  if (stop instanceof GantryError) return stop.exitCode
  const failures = items.flatMap(({error}) => (error === null ? [] : [error.exitCode]))
  const [first = exitCodes.done] = failures
  const agreed = failures.length === items.length && failures.every(code => code === first)
  return failures.length === 0 || agreed ? first : exitCodes.partial
}
