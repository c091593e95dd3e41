import {type ExitCode, exitCodes, GantryError} from '../errors.ts'

/** An error as results carry it. */
export interface ItemError {
  readonly code: string
  readonly message: string
  readonly hints: readonly string[]
  readonly exitCode: ExitCode
}

export function itemError(error: GantryError | undefined): ItemError | null {
  if (error === undefined) return null
  const {code, message, hints, exitCode} = error
  return {code, message, hints, exitCode}
}

/**
 * The exit code of a run: that of what stopped it; 0 when nothing failed; the failures' own code when nothing else
 * happened and all agree; 4 when some are done and others are not.
 */
export function exitCodeOf(
  items: readonly {readonly error: ItemError | null}[],
  {reason: stop}: Pick<AbortSignal, 'reason'>,
): ExitCode {
  if (stop instanceof GantryError) return stop.exitCode
  const failures = items.flatMap(({error}) => (error === null ? [] : [error.exitCode]))
  const [first = exitCodes.done] = failures
  const agreed = failures.length === items.length && failures.every(code => code === first)
  return failures.length === 0 || agreed ? first : exitCodes.partial
}
