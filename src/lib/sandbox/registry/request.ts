import {checkRepositoryName} from '../api/check.ts'
import type {Services} from '../api/operation.ts'
import {invalidParameter} from '../ecr-error.ts'
import type {Caller} from '../identity/caller.ts'
import type {Incoming, Reply} from '../server/exchange.ts'
import {openRepository} from '../state/access.ts'
import type {Repository} from '../state/repository.ts'

/** One request of the registry protocol, by a known caller to a known registry. */
export interface RegistryRequest extends Services {
  readonly incoming: Incoming
  readonly caller: Caller
  readonly account: string
  readonly region: string
}

/** Answers one method of one route; throws EcrError or RegistryError to refuse. */
export type Handler = (request: RegistryRequest) => Reply | Promise<Reply>

/**
 * The repository that a path names. Which permission of the API each request of the protocol needs is an inference from
 * CloudTrail's records (unconfirmed).
 */
export function open(request: RegistryRequest, name: string, action: string): Repository {
  const {world, caller, account, region} = request
  checkRepositoryName(name)
  return openRepository(world, caller, {account, region, name}, action)
}

/** The digest, if it is one that ECR can have: SHA-256. */
export function requireDigest(digest: string, member: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest
  throw invalidParameter(member, "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'")
}

/**
 * Where a thing of this registry is found. A client that used a real host name may have come through a proxy that
 * terminates TLS, so that only the path is certain.
 */
export function locationOf({incoming, account, region}: RegistryRequest, path: string): string {
  const {host} = incoming
  return host.startsWith(`${account}.`) && host.includes(region) ? path : `http://${host}${path}`
}
