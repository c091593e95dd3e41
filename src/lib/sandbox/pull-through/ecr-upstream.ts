import type {Readable} from 'node:stream'
import {Access} from '../access/access.ts'
import {EcrError} from '../ecr-error.ts'
import {roleOf} from '../identity/account.ts'
import {type Caller, rootOf, sessionCaller} from '../identity/caller.ts'
import {partitionOf} from '../identity/partition.ts'
import type {Services} from '../services.ts'
import {recordPull} from '../state/pull-times.ts'
import type {Repository} from '../state/repository.ts'
import type {Registry} from '../state/world.ts'
import {type Upstream, UpstreamError, type UpstreamManifest} from './upstream.ts'

/** Another private registry as upstream: one of the sandbox, read as the role of the rule or as the rule's account. */
export class EcrUpstream implements Upstream {
  readonly #services: Services
  readonly #registry: Registry
  readonly #caller: Caller | undefined

  /**
   * @param registry the upstream one.
   * @param downstream that of the rule.
   * @param role ARN, in the account of the rule.
   */
  constructor(services: Services, registry: Registry, downstream: Registry, role: string | undefined) {
    this.#services = services
    this.#registry = registry
    this.#caller = callerOf(services, downstream, role)
  }

  async manifest(name: string, reference: string): Promise<UpstreamManifest | undefined> {
    const repository = this.#open(name, 'BatchGetImage')
    const digest = reference.includes(':') ? reference : repository?.tags.get(reference)
    const image = digest === undefined ? undefined : repository?.images.get(digest)
    if (repository === undefined || image === undefined || image.status !== undefined) return undefined
    const {world, now} = this.#services
    recordPull(world, this.#requireCaller(), repository, image.digest, now())
    const bytes = await world.holdings.readWhole(image.digest)
    return {bytes, mediaType: image.mediaType}
  }

  blob(name: string, digest: string): Promise<Readable | undefined> {
    const repository = this.#open(name, 'GetDownloadUrlForLayer')
    const {content} = this.#services.world
    return Promise.resolve(repository?.layers.has(digest) ? content.read(digest) : undefined)
  }

  referrers(name: string, subject: string): Promise<readonly string[]> {
    return Promise.resolve(this.#open(name, 'BatchGetImage')?.referrersOf(subject) ?? [])
  }

  /** The role must be there; what it may do is up to each repository. */
  check(): Promise<void> {
    this.#requireCaller()
    return Promise.resolve()
  }

  #open(name: string, action: string): Repository | undefined {
    const {world, now} = this.#services
    const {account, region} = this.#registry
    try {
      return new Access(world, this.#requireCaller(), {now: now()}).repository(
        {account, region, name},
        action,
      )
    } catch (error) {
      if (!(error instanceof EcrError)) throw error
      if (error.exception === 'RepositoryNotFoundException') return undefined
      throw new UpstreamError('UpstreamAccessDenied', error.message, {cause: error})
    }
  }

  #requireCaller(): Caller {
    if (this.#caller !== undefined) return this.#caller
    throw new UpstreamError(
      'UpstreamAccessDenied',
      'The role of the pull through cache rule cannot be assumed.',
    )
  }
}

/** Undefined for a role that is not there. */
function callerOf(
  {world}: Services,
  {account, region}: Registry,
  role: string | undefined,
): Caller | undefined {
  const {name: partition} = partitionOf(region)
  if (role === undefined) return rootOf(account, partition)
  const [, path = ''] = role.split(':role/')
  const known = roleOf(world.account(account), path.slice(path.lastIndexOf('/') + 1)) !== undefined
  return known ? sessionCaller(account, partition, {role: path, session: 'pull-through-cache'}) : undefined
}
