import {GantryError} from '../../../src/lib/errors.ts'

/** The Gantry error that `run` throws; undefined when it returns. Any other error is a bug and goes on. */
export function thrown(run: () => unknown): GantryError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
}

/** The Gantry error that the promise rejects with; undefined when it resolves. */
export async function rejected(promise: Promise<unknown>): Promise<GantryError | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
}
