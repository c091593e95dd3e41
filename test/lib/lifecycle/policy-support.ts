import {faultLine} from '../../../src/lib/lifecycle/policy-faults.ts'
import {readPolicy} from '../../../src/lib/lifecycle/read-policy.ts'
import {EcrError} from '../../../src/lib/sandbox/ecr-error.ts'
import {checkPolicy} from '../../../src/lib/sandbox/lifecycle/policy-check.ts'

export type Fields = Record<string, unknown>

/** A rule for all images that leaves one, but for what is said otherwise. */
export function rule(selection: Fields = {}, others: Fields = {}): Fields {
  return {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1, ...selection},
    action: {type: 'expire'},
    ...others,
  }
}

/** Every fault of a text as code and line, without the name of the file. */
export function faultsOf(text: string): readonly string[] {
  const {policy, faults} = readPolicy(text, 'p')
  if ((policy === undefined) !== faults.length > 0) throw new Error('a policy and faults, or neither')
  return faults.map(fault => `${fault.code} ${faultLine('p', fault).slice(2)}`)
}

/** Whether the sandbox takes the policy. */
export function sandboxTakes(text: string): boolean {
  try {
    checkPolicy(text)
    return true
  } catch (error) {
    if (error instanceof EcrError && error.exception === 'InvalidParameterException') return false
    throw error
  }
}
