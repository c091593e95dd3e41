import {UsageError} from '../errors.ts'
import type {Authorizer} from './auth.ts'
import {hasBlob, isSilent, readBlob} from './blobs.ts'
import {listRepositories} from './catalog.ts'
import {type Digest, isDigest} from './digest.ts'
import {createExchange, type ExchangeOptions} from './exchange.ts'
import {headUnlessForbidden, resolveTags} from './forbidden.ts'
import {createLimiter} from './limiter.ts'
import {listTags} from './listings.ts'
import type {Manifest} from './manifest.ts'
import {getManifest, putManifest} from './manifests.ts'
import type {Network} from './network.ts'
import {oneLine} from './one-line.ts'
import {createPace} from './pace.ts'
import {askEach, createPresence} from './presence.ts'
import {readRareTags} from './rare-tags.ts'
import {isValidRepository, isValidTag} from './reference.ts'
import {createReferrersList} from './referrers-list.ts'
import {addToReferrersTag} from './referrers-tag.ts'
import {noTraffic, type Registry, type RegistryContext, type Repository, type Traffic} from './registry.ts'
import {createRetries} from './retry.ts'
import type {Session} from './session.ts'
import {createTransport, type Timeouts} from './transport.ts'
import {createUploads} from './uploads.ts'
import {type Connect, createUrlPolicy, registryOrigin} from './url-policy.ts'
import {wait as realWait} from './wait.ts'

export interface DistributionOptions {
  /** Host (and port) as the user knows it. */
  readonly host: string
  readonly authorizer: Authorizer
  readonly context: RegistryContext
  /** Where origins are reached, when not at their own address. */
  readonly connect?: Connect
  /** Default: true on this machine only. */
  readonly plainHttp?: boolean
  /** To count into, for an owner that counts requests of its own besides. */
  readonly traffic?: Traffic
  /** Default: no proxy, and the authorities that Node.js trusts. */
  readonly network?: Network
  readonly timeouts?: Timeouts
  /** Default: one pace for all requests to this registry, which it has to itself. */
  readonly paceOf?: ExchangeOptions['paceOf']
}

/**
 * A registry over the OCI distribution protocol. Sends nothing yet.
 *
 * @throws {UsageError} INVALID_HOST, INSECURE_ENDPOINT.
 */
export function openDistributionRegistry(options: DistributionOptions): Registry {
  const {host, authorizer, context, traffic = noTraffic()} = options
  const {signal, now, wait = realWait} = context
  const policy = createUrlPolicy(registryOrigin(host, options.plainHttp), options.connect)
  const transport = createTransport({
    policy,
    traffic,
    signal,
    keepIdle: context.concurrency,
    network: options.network,
    timeouts: options.timeouts,
  })
  const pace = createPace({now, wait})
  const {paceOf = () => pace} = options
  const session: Session = {
    host,
    context,
    policy,
    exchange: createExchange({transport, policy, authorizer, paceOf, signal, now}),
    retries: createRetries(host, context, traffic),
    requests: createLimiter(context.concurrency),
    downloads: createLimiter(context.concurrency),
    uploads: createLimiter(context.concurrency),
    referrersTags: createLimiter(1),
  }
  const registry: Registry = {
    host,
    traffic,
    repository: name => openRepository(session, registry, name),
    // The protocol has no settings and cannot tell an empty repository from a missing one: pushing makes it.
    describe: async names => new Map(names.map(name => [name, {tagMutability: 'unknown', exclusions: []}])),
    create: async () => undefined,
    repositories: () => listRepositories(session),
    close: () => transport.close(),
  }
  return registry
}

function openRepository(session: Session, registry: Registry, name: string): Repository {
  if (!isValidRepository(name)) throw invalid('repository', name)
  const uploads = createUploads(session, name)
  const listReferrers = createReferrersList(session, name)
  // What it knows is of one look: whoever looks again before a write opens the repository anew.
  const presence = createPresence(session, name)
  // What came beside the failure of another: whoever asks for fewer, to find out which one it was, has it already.
  const kept = new Map<string, Manifest>()

  return {
    name,
    registry,
    async resolve(tags): Promise<Map<string, Digest>> {
      for (const tag of tags) checkTag(tag)
      return resolveTags(session, name, tags, presence)
    },
    async manifests(references, sizes): Promise<Map<string, Manifest>> {
      for (const reference of references) if (!isDigest(reference)) checkTag(reference)
      const found = await askEach(session, references, async reference => {
        const manifest =
          kept.get(reference) ?? (await getManifest(session, name, reference, sizes?.get(reference)))
        if (manifest !== undefined) kept.set(reference, manifest)
        return manifest
      })
      for (const reference of references) kept.delete(reference)
      return found
    },
    async rareTags(tags) {
      for (const tag of tags) checkTag(tag)
      return readRareTags(session, name, tags)
    },
    async presentManifests(manifests) {
      const digests = manifests.map(({digest}) => digest)
      const shown = await presence.ask(digests, digest => headUnlessForbidden(session, name, digest))
      const present = new Set(shown.keys())
      // Where clients keep the lists, one that died after it put a manifest has not listed it.
      const attached = manifests.filter(({digest, subject}) => subject !== undefined && present.has(digest))
      const subjects = attached.flatMap(({subject}) => (subject === undefined ? [] : [subject.digest]))
      const lists = await askEach(session, subjects, listReferrers)
      const listed = new Set([...lists.values()].flat().map(({digest}) => digest))
      for (const {digest} of attached) if (!listed.has(digest)) present.delete(digest)
      return present
    },
    async presentBlobs(digests) {
      try {
        const has = async (digest: Digest) => (await hasBlob(session, name, digest)) || undefined
        return new Set((await presence.ask(digests, has)).keys())
      } catch (error) {
        if (isSilent(error)) return new Set()
        throw error
      }
    },
    readBlob: blob => readBlob(session, name, blob),
    mountBlob(blob, from) {
      presence.changed()
      return uploads.mount(blob, from)
    },
    uploadBlob(...blob) {
      presence.changed()
      return uploads.upload(...blob)
    },
    async putManifest(manifest, tag) {
      if (tag !== undefined) checkTag(tag)
      presence.changed()
      const {isListed} = await putManifest(session, name, manifest, tag)
      if (isListed) return 'native'
      await addToReferrersTag(session, name, manifest)
      return 'fallback'
    },
    referrers: listReferrers,
    tags: () => listTags(session, name),
  }
}

function checkTag(tag: string): void {
  if (!isValidTag(tag)) throw invalid('tag', tag)
}

function invalid(kind: 'repository' | 'tag', text: string): UsageError {
  return new UsageError('INVALID_REFERENCE', `"${oneLine(text, 140)}" is not a ${kind} name.`)
}
