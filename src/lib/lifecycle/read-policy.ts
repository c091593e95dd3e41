import {checkDocument, openDocument} from '../config/checked.ts'
import {crossCheckPolicy} from '../config/lifecycle/policy-checks.ts'
import {type PolicyData, policySchema} from '../config/lifecycle/policy-schema.ts'
import {findTerraform, findWrapper} from '../config/lifecycle/policy-wrappers.ts'
import {ConfigError} from '../config/problems.ts'
import {exitCodes, RefusalError} from '../errors.ts'
import type {Action, LifecyclePolicy} from './policy.ts'
import {type PolicyFault, policyError, policyFault} from './policy-faults.ts'

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
export function readPolicy(text: string, file: string): ReadPolicy {
  const {data, problems} = readData(text, file)
  return {
    policy: data === undefined || problems.length > 0 ? undefined : policyOfRules(data.rules),
    faults: problems.map(policyFault),
  }
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
 * The policy that ECR gives back. What this version does not know in it is an error, never dropped; a limit that ECR does
 * not hold to itself is none.
 *
 * @param where whose it is, as messages name it: `prod/eu-west-1/payments/api`.
 * @throws {RefusalError} UNKNOWN_POLICY, exit 8.
 */
export function policyOfEcr(text: string, where: string): LifecyclePolicy {
  const {data, problems} = readData(text, where)
  const [fault] = problems.filter(({code = ''}) => !limits.has(code)).map(policyFault)
  if (data !== undefined && fault === undefined) return policyOfRules(data.rules)
  const {path, text: what} = fault ?? {path: '', text: 'it cannot be read.'}
  throw new RefusalError(
    'UNKNOWN_POLICY',
    `${where}: the lifecycle policy at ECR has what this version does not know${path === '' ? '' : `, ${path}`}: ${what}`,
    {exitCode: exitCodes.undetermined, hints: ['Look at it in ECR, or use a newer Gantry.']},
  )
}

/** The rules of a policy that was read and checked. */
export function policyOfRules(rules: PolicyData['rules']): LifecyclePolicy {
  return {rules: rules.map(({action, ...rule}) => ({...rule, action: actionOf(action)}))}
}

/** What a policy may not be when it is put; the meaning of one that ECR took in spite of it is not in doubt. */
const limits: ReadonlySet<string> = new Set([
  'any-not-last',
  'archive-under-90-days',
  'policy-too-long',
  'repeated-prefixes',
  'second-untagged',
  'too-many-rules',
  'too-many-wildcards',
])

function readData(text: string, file: string) {
  try {
    const document = openDocument(text, file, 'rules:')
    const wrapper = findWrapper(document) ?? (hasRules(document.data) ? undefined : findTerraform(text))
    if (wrapper !== undefined) return {data: undefined, problems: [wrapper]}
    return checkDocument(document, {schema: policySchema, crossCheck: crossCheckPolicy})
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const terraform = findTerraform(text)
    return {data: undefined, problems: terraform === undefined ? error.problems : [terraform]}
  }
}

function actionOf({type}: PolicyData['rules'][number]['action']): Action {
  return type === 'expire' ? {type} : {type, targetStorageClass: 'archive'}
}

function hasRules(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'rules' in data
}
