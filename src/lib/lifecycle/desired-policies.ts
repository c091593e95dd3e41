import {readFile} from 'node:fs/promises'
import type {Estate} from '../config/estate.ts'
import type {SettingsPlace} from '../config/resolve.ts'
import {UsageError} from '../errors.ts'
import {desiredPolicy} from './desired.ts'
import type {DesiredPolicy} from './plan-model.ts'
import {readPolicyFile} from './policy-file.ts'

/**
 * What repositories' policies should be: what the file says, whichever repository it is, or else what repos.yaml says.
 *
 * @throws {UsageError} POLICY_UNREADABLE; {ConfigError} with all that is wrong in the file.
 */
export async function desiredPolicies(
  file: string | undefined,
  estate: Estate,
): Promise<(place: SettingsPlace, repository: string) => DesiredPolicy> {
  if (file === undefined) return (place, repository) => desiredPolicy(estate, place, repository)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new UsageError('POLICY_UNREADABLE', `${file} cannot be read: ${reason}.`, {cause})
  }
  const desired: DesiredPolicy = {kind: 'policy', policy: readPolicyFile(text, file), origin: file}
  return () => desired
}
