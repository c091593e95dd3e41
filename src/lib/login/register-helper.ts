import {join} from 'node:path'
import {describeChanges, type HelperChange, withCredentialHelper} from './docker-config.ts'
import {readPrivateFile, replacePrivateFile} from './private-file.ts'
import {type Environment, findExecutable} from './tools.ts'

/** Registration of `docker-credential-gantry` in a docker configuration: look, show, then write. */

/** The name after `docker-credential-`. */
const helperName = 'gantry'

export interface HelperRegistration {
  readonly path: string
  readonly changes: readonly HelperChange[]
  /** The change as the lines of a diff. */
  readonly diff: readonly string[]
}

export interface RegistrationItem {
  readonly registry: string
  /** The helper that answered until now; null for none. */
  readonly before: string | null
  readonly outcome: 'registered' | 'unchanged' | 'declined'
}

/** Where docker looks for its configuration. */
export function dockerConfigPath(env: Environment, home: string): string {
  return join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json')
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

/** What became of each registry. */
export function registrationItems(
  registries: readonly string[],
  {changes}: HelperRegistration,
  applied: boolean,
): readonly RegistrationItem[] {
  return registries.map(registry => {
    const change = changes.find(candidate => candidate.registry === registry)
    if (change === undefined) return {registry, before: helperName, outcome: 'unchanged'}
    return {registry, before: change.before ?? null, outcome: applied ? 'registered' : 'declined'}
  })
}

/** One line when docker could not find the helper; undefined when it is on PATH. */
export async function helperWarning(env: Environment): Promise<string | undefined> {
  const program = `docker-credential-${helperName}`
  if ((await findExecutable(program, env)) !== undefined) return undefined
  return `${program} is not on PATH: docker will not find it. Install ecr-gantry globally, or add its folder to PATH.`
}
