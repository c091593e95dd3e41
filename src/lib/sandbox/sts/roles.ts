import type {PolicyDocument} from '../access/document.ts'
import {type Role, roleOf} from '../identity/account.ts'
import {sessionCaller} from '../identity/caller.ts'
import type {Xml} from '../xml.ts'
import type {StsCall} from './call.ts'
import {temporaryCredentials} from './credentials.ts'
import {requiredText, sessionPolicy, sessionTags} from './parameters.ts'
import {StsError} from './sts-error.ts'

/** The role that a request wants to assume. */
export interface TargetRole {
  readonly arn: string
  readonly partition: string
  readonly account: string
  /** Its name, after its path. */
  readonly path: string
  /** Undefined when the account was given roles, and this is none of them. */
  readonly role: Role | undefined
}

/** @throws {StsError} ValidationError when `RoleArn` is none, or of another partition than the caller. */
export function targetRole({parameters, caller, world}: StsCall): TargetRole {
  const arn = requiredText(parameters, 'RoleArn')
  const [, partition, account, path] = /^arn:([a-z-]+):iam::(\d{12}):role\/([\w+=,.@/-]+)$/.exec(arn) ?? []
  const known = partition !== undefined && account !== undefined && path !== undefined
  if (!known || caller?.arn.startsWith(`arn:${partition}:`) === false) {
    throw new StsError('ValidationError', `${arn} is invalid`)
  }
  const name = path.slice(path.lastIndexOf('/') + 1)
  return {arn, partition, account, path, role: roleOf(world.account(account), name)}
}

/** Whom a role trusts, and under which external id, as the policy that AWS would have for it. */
export function trustPolicy({trusts, externalId}: Role): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: trusts === undefined ? '*' : {AWS: trusts},
      Action: 'sts:AssumeRole',
      ...(externalId === undefined ? {} : {Condition: {StringEquals: {'sts:ExternalId': externalId}}}),
    },
  }
}

/** Credentials of a session of the role, and its names. @throws {StsError} ValidationError. */
export function roleSession(
  call: StsCall,
  {partition, account, path}: TargetRole,
  seconds: number,
): {readonly [name: string]: Xml} {
  const {parameters} = call
  const policy = sessionPolicy(parameters)
  const tags = sessionTags(parameters)
  const of = {
    role: path,
    session: requiredText(parameters, 'RoleSessionName'),
    ...(policy === undefined ? {} : {policy}),
    ...(tags === undefined ? {} : {tags}),
    ...(parameters.has('TokenCode') ? {mfa: true} : {}),
  }
  const {arn, userId} = sessionCaller(account, partition, of)
  return {
    Credentials: temporaryCredentials(call, account, of, seconds),
    AssumedRoleUser: {AssumedRoleId: userId, Arn: arn},
  }
}
