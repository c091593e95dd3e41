import {checkDocument, openDocument} from '../config/checked.ts'
import {buildRules} from '../config/lifecycle/readable-build.ts'
import {rulesSchema} from '../config/lifecycle/readable-schema.ts'
import {checkRulesOf} from '../config/lifecycle/repository-checks.ts'
import {ConfigError, configError} from '../config/problems.ts'
import {compilePlacedRules} from './compile.ts'
import type {LifecyclePolicy} from './policy.ts'
import {parsePolicy} from './read-policy.ts'

/**
 * Reads a file that holds one lifecycle policy: readable rules (`keep`, `expire`, `archive`) or ECR's own (`rules`), YAML or
 * JSON. `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG or INVALID_POLICY, with all that is wrong.
 */
export function readPolicyFile(text: string, file: string): LifecyclePolicy {
  return isReadable(text, file) ? readReadable(text, file).policy : parsePolicy(text, file)
}

/**
 * The policy that the readable rules of a file become, with the place where each of its rules was written.
 *
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong.
 */
export function readReadable(text: string, file: string): ReturnType<typeof compilePlacedRules> {
  const document = openDocument(text, file)
  const {data, problems} = checkDocument(document, {schema: rulesSchema, crossCheck: checkRulesOf})
  if (data === undefined) throw configError(file, problems)
  return compilePlacedRules([buildRules(data, document.root, file)])
}

/** Whether it has a list of readable rules; what is wrong with all other files is said by who reads ECR's own. */
export function isReadable(text: string, file: string): boolean {
  try {
    const {data} = openDocument(text, file)
    const isMapping = typeof data === 'object' && data !== null
    return isMapping && ['keep', 'expire', 'archive'].some(list => list in data)
  } catch (error) {
    if (error instanceof ConfigError) return false
    throw error
  }
}
