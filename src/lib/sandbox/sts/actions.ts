import type {Xml} from '../xml.ts'
import {accessOf, type StsCall, signedCaller} from './call.ts'
import {temporaryCredentials} from './credentials.ts'
import {durationSeconds, optionalText, requiredText} from './parameters.ts'
import {roleSession, targetRole, trustPolicy} from './roles.ts'
import {StsError} from './sts-error.ts'

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
  const {parameters} = call
  const caller = signedCaller(call)
  const target = targetRole(call)
  const externalId = optionalText(parameters, 'ExternalId')
  requireCodeOfDevice(parameters)
  const seconds = durationSeconds(parameters, 43_200)
  if (caller.role !== undefined && seconds > 3600) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  const {arn, account, role} = target
  if (role === undefined || !accessOf(call).mayAssume({arn, account}, role, trustPolicy(role), externalId)) {
    throw new StsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      403,
    )
  }
  return roleSession(call, target, seconds)
}

/** The token must look like a JSON web token; what it says is not verified. */
function assumeRoleWithWebIdentity(call: StsCall): Xml {
  const {parameters} = call
  const target = targetRole(call)
  optionalText(parameters, 'ProviderId')
  const claims = claimsOf(requiredText(parameters, 'WebIdentityToken'))
  if (claims === undefined) {
    throw new StsError('InvalidIdentityToken', 'The ID Token provided is not a valid JWT')
  }
  const issuer = textOf(claims['iss'])
  const provider = `:oidc-provider/${issuer.replace(/^https:\/\//, '')}`
  const {role} = target
  if (role === undefined || role.trusts?.some(trusted => trusted.endsWith(provider)) === false) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
  }
  return {
    ...roleSession(call, target, durationSeconds(parameters, 43_200)),
    SubjectFromWebIdentityToken: textOf(claims['sub']),
    Audience: textOf(claims['aud']),
    Provider: issuer,
  }
}

function getSessionToken(call: StsCall): Xml {
  const caller = signedCaller(call)
  if (caller.temporary === true) {
    throw new StsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403)
  }
  requireCodeOfDevice(call.parameters)
  const seconds = durationSeconds(call.parameters, 129_600, 43_200)
  const of = call.parameters.has('TokenCode') ? {mfa: true} : {}
  return {Credentials: temporaryCredentials(call, caller.account, of, seconds)}
}

/** Any code of a device for multi-factor authentication goes that looks like one. */
function requireCodeOfDevice(parameters: URLSearchParams): void {
  optionalText(parameters, 'SerialNumber')
  optionalText(parameters, 'TokenCode')
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
