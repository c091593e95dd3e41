import type {LifecyclePolicy} from './policy.ts'
import {parsePolicy} from './read-policy.ts'

/**
 * Reads a file that holds one lifecycle policy: readable rules (`keep`, `expire`, `archive`) or ECR's own (`rules`), YAML or
 * JSON. `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG or INVALID_POLICY, with all that is wrong.
 */
export function readPolicyFile(text: string, file: string): LifecyclePolicy {
  return parsePolicy(text, file)
}
