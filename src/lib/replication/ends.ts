import {BugError, GantryError, TransientError} from '../errors.ts'

/** What ends a run, and what ends only its waiting. */
export interface Ends {
  /** Ends the run: its reason is thrown. */
  readonly signal: AbortSignal
  /** Ends what is being asked: nothing is known of it then, and what is known stays. */
  readonly deadline: AbortSignal
}

/**
 * Why something could not be read.
 *
 * @throws the reason of the run's end, and what is no failure of the other side.
 */
export function failureOf(error: unknown, {signal, deadline}: Ends): GantryError {
  signal.throwIfAborted()
  if (deadline.aborted) return new TransientError('NOT_IN_TIME', 'No answer came within the time of --wait.')
  if (!(error instanceof GantryError) || error instanceof BugError) throw error
  return error
}
