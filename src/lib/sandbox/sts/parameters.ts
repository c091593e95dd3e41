import type {PolicyDocument} from '../access/document.ts'
import type {Tags} from '../access/request.ts'
import {isPolicy} from '../access/validation.ts'
import {invalidMember, StsError} from './sts-error.ts'

interface Constraint {
  readonly min: number
  readonly max: number
  /** As the service model has it, without anchors. */
  readonly pattern?: string
}

// Constraints of botocore's sts/2011-06-15/service-2.json.
const constraints = {
  RoleArn: {min: 20, max: 2048},
  RoleSessionName: {min: 2, max: 64, pattern: '[\\w+=,.@-]*'},
  ExternalId: {min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*'},
  Policy: {min: 1, max: 2048},
  SerialNumber: {min: 9, max: 256, pattern: '[\\w+=/:,.@-]*'},
  TokenCode: {min: 6, max: 6, pattern: '[\\d]*'},
  WebIdentityToken: {min: 4, max: 20_000},
  ProviderId: {min: 4, max: 2048},
} satisfies Readonly<Record<string, Constraint>>

type Name = keyof typeof constraints

/** @throws {StsError} ValidationError when it does not satisfy its constraints. */
export function optionalText(parameters: URLSearchParams, name: Name): string | undefined {
  const value = parameters.get(name) ?? undefined
  if (value === undefined) return undefined
  const {min, max, pattern}: Constraint = constraints[name]
  const refuse = (constraint: string) => invalidMember(memberOf(name), value, `Member must ${constraint}`)
  if (value.length > max) throw refuse(`have length less than or equal to ${max}`)
  if (value.length < min) throw refuse(`have length greater than or equal to ${min}`)
  if (pattern !== undefined && !new RegExp(`^${pattern}$`).test(value)) {
    throw refuse(`satisfy regular expression pattern: ${pattern}`)
  }
  return value
}

/** @throws {StsError} ValidationError when it is missing, or does not satisfy its constraints. */
export function requiredText(parameters: URLSearchParams, name: Name): string {
  const value = optionalText(parameters, name)
  if (value === undefined) throw invalidMember(memberOf(name), undefined, 'Member must not be null')
  return value
}

/** How many seconds are asked for, from 900 to `max`. @throws {StsError} ValidationError. */
export function durationSeconds(parameters: URLSearchParams, max: number, initial = 3600): number {
  const text = parameters.get('DurationSeconds') ?? String(initial)
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 900) {
    throw invalidMember('durationSeconds', text, 'Member must have value greater than or equal to 900')
  }
  if (seconds > max) {
    throw invalidMember('durationSeconds', text, `Member must have value less than or equal to ${max}`)
  }
  return seconds
}

/** The policy that limits a session. @throws {StsError} MalformedPolicyDocument, ValidationError. */
export function sessionPolicy(parameters: URLSearchParams): PolicyDocument | undefined {
  const text = optionalText(parameters, 'Policy')
  // To leave out what would limit a session would allow what AWS would not.
  if (parameters.has('PolicyArns.member.1.arn')) throw malformed('The sandbox knows no managed policies.')
  if (text === undefined) return undefined
  const policy = parse(text)
  if (!isPolicy(policy, 'identity')) throw malformed('Syntax errors in policy.')
  return policy
}

/** Tags of a session, `Tags.member.N.Key` and `.Value`. @throws {StsError} ValidationError for more than 50. */
export function sessionTags(parameters: URLSearchParams): Tags | undefined {
  if (parameters.has('Tags.member.51.Key')) {
    throw invalidMember('tags', '[...]', 'Member must have length less than or equal to 50')
  }
  const tags = Array.from({length: 50}, (_, index) => `Tags.member.${index + 1}`).flatMap(member => {
    const key = parameters.get(`${member}.Key`)
    return key === null ? [] : [[key, parameters.get(`${member}.Value`) ?? ''] as const]
  })
  return tags.length === 0 ? undefined : Object.fromEntries(tags)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The policy is not in the valid JSON format.')
  }
}

function malformed(message: string): StsError {
  return new StsError('MalformedPolicyDocument', message)
}

function memberOf(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`
}
