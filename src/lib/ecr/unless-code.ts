import {FailureError} from '../errors.ts'

/** What `ask` answers; null where ECR says with this code that it is not there, or that it is there already. */
export async function unlessCode<T>(code: string, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof FailureError && error.code === code) return null
    throw error
  }
}
