import {GantryError} from '../../errors.ts'
import type {Manifest} from '../../oci/manifest.ts'

/** One question for all; when it fails, one for each half, so that a bad image fails alone. */
export async function eachOrError(
  references: readonly string[],
  ask: (references: readonly string[]) => Promise<ReadonlyMap<string, Manifest>>,
): Promise<ReadonlyMap<string, Manifest | GantryError>> {
  try {
    return references.length === 0 ? new Map() : await ask(references)
  } catch (error) {
    if (!isolable(error)) throw error
    if (references.length === 1) return new Map(references.map(reference => [reference, error]))
    const half = Math.ceil(references.length / 2)
    const [left, right] = await Promise.all([
      eachOrError(references.slice(0, half), ask),
      eachOrError(references.slice(half), ask),
    ])
    return new Map([...left, ...right])
  }
}

/** The answer, or the error where it concerns one image alone. */
export async function orError<Answer>(ask: () => Promise<Answer> | Answer): Promise<Answer | GantryError> {
  try {
    return await ask()
  } catch (error) {
    if (isolable(error)) return error
    throw error
  }
}

/** A refusal or a failure that may concern one image alone; without permission or network the others fail as well. */
function isolable(error: unknown): error is GantryError {
  return error instanceof GantryError && error.exitCode !== 5 && error.exitCode !== 6
}

export function manifestsOf(found: Iterable<Manifest | GantryError | undefined>): Manifest[] {
  return [...found].filter(
    (entry): entry is Manifest => entry !== undefined && !(entry instanceof GantryError),
  )
}
