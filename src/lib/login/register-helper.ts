import {describeChanges, type HelperChange, withCredentialHelper} from './docker-config.ts'
import {readPrivateFile, replacePrivateFile} from './private-file.ts'

/** Registration of `docker-credential-gantry` in a docker configuration: look, show, then write. */

/** The name after `docker-credential-`. */
const helperName = 'gantry'

export interface HelperRegistration {
  readonly path: string
  readonly changes: readonly HelperChange[]
  /** The change as the lines of a diff. */
  readonly diff: readonly string[]
}

/** What registering the helper for `registries` would change. Throws `UsageError` when the file cannot be used. */
export async function planRegistration(
  path: string,
  registries: readonly string[],
): Promise<HelperRegistration> {
  const {changes} = withCredentialHelper(await readPrivateFile(path), helperName, registries, path)
  return {path, changes, diff: changes.length === 0 ? [] : describeChanges(path, changes)}
}

/** Makes the changes that were shown, on the file as it is now: what others wrote meanwhile stays. */
export async function applyRegistration(registration: HelperRegistration): Promise<void> {
  const {path, changes} = registration
  if (changes.length === 0) return
  const registries = changes.map(({registry}) => registry)
  const {text} = withCredentialHelper(await readPrivateFile(path), helperName, registries, path)
  await replacePrivateFile(path, text)
}
