import {Access} from '../access/access.ts'
import {checkRepositoryName} from '../api/check.ts'
import {invalidParameter} from '../ecr-error.ts'
import type {Incoming, Reply} from '../exchange.ts'
import type {Caller} from '../identity/caller.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import {createOnPush} from './create-on-push.ts'

/** One request of the registry protocol, by a known caller to a known registry. */
export interface RegistryRequest extends Services {
  readonly incoming: Incoming
  readonly caller: Caller
  readonly account: string
  readonly region: string
  /** As permissions name it; `ecr` by default. */
  readonly service?: string
}

/** Answers one method of one route; throws EcrError or RegistryError to refuse. */
export type Handler = (request: RegistryRequest) => Reply | Promise<Reply>

/**
 * The repository that a path names. Which permission of the API each request of the protocol needs is an inference from
 * CloudTrail's records (unconfirmed).
 */
export function open(request: RegistryRequest, name: string, action: string): Repository {
  const {account, region} = request
  checkRepositoryName(name)
  return accessOf(request).repository({account, region, name}, action)
}

export function accessOf({world, caller, now, incoming, service = 'ecr'}: RegistryRequest): Access {
  return new Access(world, caller, {service, now: now(), sourceIp: incoming.sourceIp})
}

/** The same for what a push begins with: a repository that is not there may be made for it. */
export function openForPush(request: RegistryRequest, name: string, action: string): Repository {
  const {world, account, region} = request
  checkRepositoryName(name)
  const id = {account, region, name}
  if (world.repository(id) === undefined) createOnPush(request, accessOf(request), id, action)
  return open(request, name, action)
}

/** The digest, if it is one that ECR can have: SHA-256. */
export function requireDigest(digest: string, member: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest
  throw invalidParameter(member, "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'")
}

/** Where a thing of this registry is found, as the client reaches it; a path where only that is certain. */
export function locationOf({incoming}: RegistryRequest, path: string): string {
  return `${incoming.origin ?? ''}${path}`
}
