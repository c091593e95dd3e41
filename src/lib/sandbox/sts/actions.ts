import {randomBytes} from 'node:crypto'
import type {Services} from '../api/operation.ts'
import {type Caller, callerOf, type Session} from '../identity/caller.ts'
import {mintKeyId} from '../identity/keys.ts'
import {isPrincipal} from '../state/policy.ts'
import type {Role} from '../state/world.ts'
import type {Xml} from './xml.ts'

/** What STS answers when it refuses. */
export class StsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export interface StsCall extends Services {
  /** Undefined for an unsigned request. */
  readonly caller?: Caller
  readonly parameters: URLSearchParams
}

/** Actions that need a signature say who asks through `signedCaller`. */
export const actions: ReadonlyMap<string, (call: StsCall) => Xml> = new Map([
  ['GetCallerIdentity', getCallerIdentity],
  ['AssumeRole', assumeRole],
  ['AssumeRoleWithWebIdentity', assumeRoleWithWebIdentity],
  ['GetSessionToken', getSessionToken],
])

function getCallerIdentity(call: StsCall): Xml {
  const {arn, userId, account} = signedCaller(call)
  return {Arn: arn, UserId: userId, Account: account}
}

function assumeRole(call: StsCall): Xml {
  const caller = signedCaller(call)
  const target = targetRole(call)
  const refused = new StsError(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${target.arn}`,
    403,
  )
  const role = seededRole(call, target)
  if (role === undefined) throw refused
  if (role.trusts?.some(trusted => isPrincipal(trusted, caller)) === false) throw refused
  if (role.externalId !== undefined && role.externalId !== call.parameters.get('ExternalId')) throw refused
  const seconds = duration(call, 43_200)
  if (caller.role !== undefined && seconds > 3600) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  return roleSession(call, target, seconds)
}

/** The token must look like a JSON web token; what it says is not verified. */
function assumeRoleWithWebIdentity(call: StsCall): Xml {
  const target = targetRole(call)
  const claims = claimsOf(call.parameters.get('WebIdentityToken') ?? '')
  if (claims === undefined) {
    throw new StsError('InvalidIdentityToken', 'The ID Token provided is not a valid JWT')
  }
  if (seededRole(call, target) === undefined) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
  }
  return {
    ...roleSession(call, target, duration(call, 43_200)),
    SubjectFromWebIdentityToken: textOf(claims['sub']),
    Audience: textOf(claims['aud']),
    Provider: textOf(claims['iss']),
  }
}

function getSessionToken(call: StsCall): Xml {
  const caller = signedCaller(call)
  if (caller.role !== undefined) {
    throw new StsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403)
  }
  return {Credentials: credentials(call, caller.account, {}, duration(call, 129_600, 43_200))}
}

interface TargetRole {
  readonly arn: string
  readonly partition: string
  readonly account: string
  readonly name: string
}

function targetRole(call: StsCall): TargetRole {
  const arn = call.parameters.get('RoleArn') ?? ''
  const [, partition, account, path] = /^arn:([a-z-]+):iam::(\d{12}):role\/([\w+=,.@/-]+)$/.exec(arn) ?? []
  const known = partition !== undefined && account !== undefined && path !== undefined
  if (!known || call.caller?.arn.startsWith(`arn:${partition}:`) === false) {
    throw new StsError('ValidationError', `${arn} is invalid`)
  }
  return {arn, partition, account, name: path.slice(path.lastIndexOf('/') + 1)}
}

/** The role as it was seeded; in an account that was not given roles, any role is there. */
function seededRole(call: StsCall, {account, name}: TargetRole): Role | undefined {
  const {roles} = call.world.account(account)
  return roles === undefined ? {name} : roles.find(role => role.name === name)
}

function roleSession(
  call: StsCall,
  {partition, account, name}: TargetRole,
  seconds: number,
): {readonly [name: string]: Xml} {
  const session = call.parameters.get('RoleSessionName') ?? ''
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw new StsError(
      'ValidationError',
      `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    )
  }
  const {arn, userId} = callerOf(account, partition, {role: name, session})
  return {
    Credentials: credentials(call, account, {role: name, session}, seconds),
    AssumedRoleUser: {AssumedRoleId: userId, Arn: arn},
  }
}

function credentials(
  call: StsCall,
  account: string,
  identity: Pick<Session, 'role' | 'session'>,
  seconds: number,
): Xml {
  const keyId = mintKeyId(account)
  const expiresAt = call.now() + seconds * 1000
  const session: Session = {...identity, keyId, expiresAt}
  return {
    AccessKeyId: keyId,
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: call.seal.close('session', session),
    Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}

function duration(call: StsCall, longest: number, initial = 3600): number {
  const seconds = Number(call.parameters.get('DurationSeconds') ?? initial)
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= longest) return seconds
  throw new StsError(
    'ValidationError',
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and ${longest}`,
  )
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature, ...rest] = token.split('.')
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : ''
}

function signedCaller({caller}: StsCall): Caller {
  if (caller === undefined) {
    throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  }
  return caller
}
