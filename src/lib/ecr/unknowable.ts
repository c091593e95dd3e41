import {FailureError, TransientError} from '../errors.ts'

/**
 * What is good to know and not needed: `unknown` when the answer cannot be had, as for want of permission. Trouble that
 * passes is not that.
 */
export async function orUnknown<Answer>(ask: () => Promise<Answer>, unknown: Answer): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof FailureError && !(error instanceof TransientError)) return unknown
    throw error
  }
}
