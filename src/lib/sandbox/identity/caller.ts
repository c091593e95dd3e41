import type {PolicyDocument} from '../access/document.ts'
import {uniqueId} from './keys.ts'

/** Who asks, as AWS would name them. */
export interface Caller {
  readonly account: string
  readonly arn: string
  readonly userId: string
  /** ARN of the user or role: a session is its role's. */
  readonly principalArn: string
  /** Name of the role, when the caller is a session of one. */
  readonly role?: string
  /** Asks with credentials that end. */
  readonly temporary?: boolean
  /** With a code of a device for multi-factor authentication. */
  readonly mfa?: boolean
  /** What the session is limited to. */
  readonly policy?: PolicyDocument
  /** Tags of the session. */
  readonly tags?: Readonly<Record<string, string>>
}

/** What temporary credentials were made for: a session of a role, or else the user. */
export interface SessionOf {
  /** Name of the role, after its path. */
  readonly role?: string
  readonly session?: string
  readonly mfa?: boolean
  readonly policy?: PolicyDocument
  readonly tags?: Readonly<Record<string, string>>
}

/** The one user of an account. */
export function userOf(account: string, partition: string): Caller {
  const arn = `arn:${partition}:iam::${account}:user/sandbox`
  return {account, arn, principalArn: arn, userId: uniqueId('AIDA', arn)}
}

/** The account itself, as which ECR acts for a registry: at the other end of a replication, for example. */
export function rootOf(account: string, partition: string): Caller {
  const arn = `arn:${partition}:iam::${account}:root`
  return {account, arn, principalArn: arn, userId: account}
}

/** The caller that temporary credentials of an account make. */
export function sessionCaller(
  account: string,
  partition: string,
  {role: path, session = 'session', mfa = false, policy, tags}: SessionOf,
): Caller {
  if (path === undefined) return {...userOf(account, partition), temporary: true, mfa}
  const principalArn = `arn:${partition}:iam::${account}:role/${path}`
  const role = path.slice(path.lastIndexOf('/') + 1)
  // The ARN of a session has the role's name without its path, and so does its id here: any path is the same role.
  const roleId = uniqueId('AROA', `arn:${partition}:iam::${account}:role/${role}`)
  return {
    account,
    role,
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
    principalArn,
    userId: `${roleId}:${session}`,
    temporary: true,
    mfa,
    ...(policy === undefined ? {} : {policy}),
    ...(tags === undefined ? {} : {tags}),
  }
}
