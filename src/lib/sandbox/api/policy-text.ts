import type {PolicyDocument} from '../access/document.ts'
import {unknownPrincipal} from '../access/principal.ts'
import {isPolicy, type PolicyKind} from '../access/validation.ts'
import {invalidParameter} from '../ecr-error.ts'
import type {World} from '../state/world.ts'

/**
 * Reads a policy as a request gives it.
 *
 * @throws {EcrError} InvalidParameterException when ECR does not take it for a repository or a registry.
 */
export function readPolicy(world: World, text: string, kind: PolicyKind): PolicyDocument {
  const policy = parse(text)
  if (!isPolicy(policy, kind)) throw invalidParameter('PolicyText', `Invalid ${kind} policy provided`)
  // hashicorp/terraform-provider-aws#39064
  if (unknownPrincipal(policy, id => world.account(id)) !== undefined) {
    throw invalidParameter('PolicyText', 'Principal not found')
  }
  return policy
}

/** A policy as ECR prints it back, whatever it looked like when it was set: `"Key" : value`, lists on one line. */
export function printPolicy(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]'
    return `[ ${value.map(item => printPolicy(item, indent)).join(', ')} ]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${JSON.stringify(name)} : ${printPolicy(member, deeper)}`,
  )
  return members.length === 0 ? '{ }' : `{\n${members.join(',\n')}\n${indent}}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
