import {type ExitCode, exitCodes, GantryError} from '../errors.ts'
import {exitCodeOf} from '../plan/items.ts'
import type {PromotionItem} from './model.ts'
import type {PromotionResult} from './run.ts'

/**
 * The exit code of a promotion: that of what stopped it; 3 as soon as a gate said no of one image, however many others
 * went; else 8 when it is not known of one whether it may go, or whether it came; else as `exitCodeOf` says.
 */
export function promotionExitCode(
  items: readonly Pick<PromotionItem, 'error'>[],
  signal: Pick<AbortSignal, 'reason'>,
): ExitCode {
  if (signal.reason instanceof GantryError) return signal.reason.exitCode
  const has = (code: ExitCode) => items.some(({error}) => error?.exitCode === code)
  if (has(exitCodes.gateSaidNo)) return exitCodes.gateSaidNo
  return has(exitCodes.undetermined) ? exitCodes.undetermined : exitCodeOf(items, signal)
}

/** The exit code of a plan that has or has not changes, for `--detailed-exitcode`. */
export function detailedExitCode({exitCode, items}: PromotionResult): ExitCode {
  const pending = exitCode === exitCodes.done && items.some(({outcome}) => outcome === 'planned')
  return pending ? exitCodes.changesPending : exitCode
}
