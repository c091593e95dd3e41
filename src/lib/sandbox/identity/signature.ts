import type {IncomingHttpHeaders} from 'node:http'
import {type Caller, type SessionOf, sessionCaller, userOf} from './caller.ts'
import {ownerOfKey} from './keys.ts'
import {isAccount, isRegion, partitionOf} from './partition.ts'
import type {Seal} from './seal.ts'

export interface SignedRequest {
  readonly caller: Caller
  readonly region: string
  readonly service: string
}

/** What temporary credentials say about themselves; sealed into their session token. */
export interface Session extends SessionOf {
  readonly keyId: string
  readonly expiresAt: number
}

export type SignatureProblem = 'missing' | 'malformed' | 'unknown-key' | 'expired'

const credential = /^AWS4-HMAC-SHA256 .*?Credential=([^,\s/]+)\/\d{8}\/([^,\s/]+)\/([^,\s/]+)\/aws4_request\b/

/**
 * Who signed the request, for which region and service, by the Authorization header of AWS's signature version 4.
 *
 * A key id of twelve digits is the user of that account, and so is a key id of a user in AWS's layout; temporary ones
 * come from the sandbox's STS. The signature is not verified: any secret key goes.
 */
export function identify(
  headers: IncomingHttpHeaders,
  {seal, now}: {readonly seal: Seal; readonly now: () => number},
): SignedRequest | SignatureProblem {
  if (headers.authorization === undefined) return 'missing'
  const [, keyId, region, service] = credential.exec(headers.authorization) ?? []
  if (keyId === undefined || region === undefined || service === undefined || !isRegion(region))
    return 'malformed'
  const partition = partitionOf(region).name
  if (isAccount(keyId)) return {caller: userOf(keyId, partition), region, service}
  const token = headers['x-amz-security-token']
  const owner = ownerOfKey(keyId)
  if (owner === undefined || owner.temporary !== (token !== undefined)) return 'unknown-key'
  if (token === undefined) return {caller: userOf(owner.account, partition), region, service}
  const session = seal.open('session', String(token)) as Session | undefined
  if (session?.keyId !== keyId) return 'unknown-key'
  if (session.expiresAt <= now()) return 'expired'
  return {caller: sessionCaller(owner.account, partition, session), region, service}
}
