import {accountOfMintedKey, uniqueId} from './keys.ts'
import {isAccount, isRegion, partitionOf} from './partition.ts'
import type {Seal} from './seal.ts'

/** Who asks, as AWS would name them. */
export interface Caller {
  readonly account: string
  readonly arn: string
  readonly userId: string
  /** Name of the role, when the caller is a session of one. */
  readonly role?: string
}

export interface SignedRequest {
  readonly caller: Caller
  readonly region: string
  readonly service: string
}

/** What temporary credentials say about themselves; sealed into their session token. */
export interface Session {
  readonly keyId: string
  readonly role?: string
  readonly session?: string
  readonly expiresAt: number
}

export type SignatureProblem = 'missing' | 'malformed' | 'unknown-key' | 'expired'

const credential = /^AWS4-HMAC-SHA256 .*?Credential=([^,\s/]+)\/\d{8}\/([^,\s/]+)\/([^,\s/]+)\/aws4_request\b/

/**
 * Who signed the request, for which region and service, by the Authorization header of AWS's signature version 4. A key
 * id of twelve digits is the account itself; temporary ones come from the sandbox's STS.
 *
 * The signature is not verified: any secret key goes.
 */
export function identify(
  headers: {readonly authorization?: string | undefined; readonly sessionToken: string | undefined},
  seal: Seal,
  now: number,
): SignedRequest | SignatureProblem {
  if (headers.authorization === undefined) return 'missing'
  const [, keyId, region, service] = credential.exec(headers.authorization) ?? []
  if (keyId === undefined || region === undefined || service === undefined || !isRegion(region))
    return 'malformed'
  const partition = partitionOf(region).name
  if (isAccount(keyId)) return {caller: callerOf(keyId, partition, {}), region, service}
  const session = seal.open('session', headers.sessionToken ?? '') as Session | undefined
  const account = accountOfMintedKey(keyId)
  if (session === undefined || account === undefined || session.keyId !== keyId) return 'unknown-key'
  if (session.expiresAt <= now) return 'expired'
  return {caller: callerOf(account, partition, session), region, service}
}

/** The caller that credentials make: a session of a role, or the one user of each account. */
export function callerOf(
  account: string,
  partition: string,
  {role, session = 'session'}: Pick<Session, 'role' | 'session'>,
): Caller {
  if (role === undefined) {
    const arn = `arn:${partition}:iam::${account}:user/sandbox`
    return {account, arn, userId: uniqueId('AIDA', arn)}
  }
  const roleId = uniqueId('AROA', `arn:${partition}:iam::${account}:role/${role}`)
  return {
    account,
    role,
    arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
    userId: `${roleId}:${session}`,
  }
}
