import type {Readable} from 'node:stream'
import type {ReplicationRule} from '@aws-sdk/client-ecr'
import {FailureError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import {isValidRepository, isValidTag} from '../oci/reference.ts'
import type {
  Listing,
  LookedUp,
  Registry,
  ReplicationStatus,
  Repository,
  RepositorySettings,
  Traffic,
  WantedManifest,
} from '../oci/registry.ts'
import type {EcrApi} from './api.ts'
import {presentBlobs} from './blobs.ts'
import {type DataPlane, onDataPlane} from './data-plane.ts'
import {getManifests, listReferrers, lookUp, presentManifests, putManifest, resolveTags} from './manifests.ts'
import {imageReplication, replicatedHosts, replicationRules} from './replication.ts'
import {createRepository, describeRepositories, madeByPush, mayMount} from './repositories.ts'
import {tagsOf} from './tags.ts'

/** A private registry: ECR's API for everything that it answers by the hundred, the distribution protocol for blobs. */
export class EcrRegistry implements Registry {
  readonly host: string
  readonly traffic: Traffic
  /** ECR user guide, service quotas; not adjustable. */
  readonly maxTagsPerImage = 1000
  readonly #api: EcrApi
  readonly #distribution: Registry
  #mayMount: Promise<boolean> | undefined
  #rules: Promise<readonly ReplicationRule[]> | undefined

  /** @param distribution the same registry by its protocol, counting into the same traffic as `api`. */
  constructor(host: string, api: EcrApi, distribution: Registry) {
    this.host = host
    this.traffic = distribution.traffic
    this.#api = api
    this.#distribution = distribution
  }

  repository(name: string): Repository {
    const where = {registryHost: this.host, repository: name, ...this.#api.where}
    return new EcrRepository(where, this, this.#api, this.#distribution.repository(name))
  }

  describe(names: readonly string[]): Promise<ReadonlyMap<string, RepositorySettings>> {
    return describeRepositories(this.#api, names)
  }

  create(name: string, settings?: RepositorySettings): Promise<void> {
    return createRepository(this.#api, name, settings)
  }

  madeByPush(names: readonly string[]): Promise<ReadonlySet<string>> {
    return madeByPush(this.#api, names)
  }

  mayMount(): Promise<boolean> {
    this.#mayMount ??= mayMount(this.#api)
    return this.#mayMount
  }

  /** Asked once. */
  replicationRules(): Promise<readonly ReplicationRule[]> {
    this.#rules ??= replicationRules(this.#api)
    return this.#rules
  }

  async *repositories(): AsyncIterable<string> {
    for await (const page of this.#api.registry.listRepositories()) {
      for (const {repositoryName} of page) {
        if (repositoryName === undefined) continue
        if (!isValidRepository(repositoryName)) throw noName(this.host, 'the list of repositories')
        yield repositoryName
      }
    }
  }

  close(): void {
    this.#api.close()
    this.#distribution.close()
  }
}

class EcrRepository implements Repository {
  readonly name: string
  readonly registry: EcrRegistry
  readonly #api: EcrApi
  readonly #distribution: Repository
  readonly #where: DataPlane

  constructor(where: DataPlane, registry: EcrRegistry, api: EcrApi, distribution: Repository) {
    this.name = where.repository
    this.#where = where
    this.registry = registry
    this.#api = api
    this.#distribution = distribution
  }

  resolve(tags: readonly string[]): Promise<ReadonlyMap<string, Digest>> {
    return resolveTags(this.#api, this.name, tags)
  }

  manifests(references: readonly string[]): Promise<ReadonlyMap<string, Manifest>> {
    return getManifests(this.#api, this.name, references)
  }

  rareTags(tags: readonly string[]): Promise<ReadonlyMap<string, Manifest>> {
    return getManifests(this.#api, this.name, tags)
  }

  presentManifests(manifests: readonly WantedManifest[]): Promise<ReadonlySet<Digest>> {
    const digests = manifests.map(({digest}) => digest)
    return presentManifests(this.#api, this.name, digests)
  }

  lookUp(tags: readonly string[], manifests: readonly WantedManifest[]): Promise<LookedUp> {
    const digests = manifests.map(({digest}) => digest)
    return lookUp(this.#api, this.name, tags, digests)
  }

  presentBlobs(digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    return presentBlobs(this.#api, this.name, digests)
  }

  readBlob(blob: Descriptor): Promise<Readable> {
    return onDataPlane(this.#where, () => this.#distribution.readBlob(blob))
  }

  mountBlob(blob: Descriptor, from: string): Promise<boolean> {
    return onDataPlane(this.#where, () => this.#distribution.mountBlob(blob, from))
  }

  uploadBlob(...blob: Parameters<Repository['uploadBlob']>): Promise<void> {
    return onDataPlane(this.#where, () => this.#distribution.uploadBlob(...blob))
  }

  async putManifest(manifest: Manifest, tag?: string): Promise<Listing> {
    await putManifest(this.#api, this.name, manifest, tag)
    return 'native'
  }

  referrers(subject: Digest): Promise<readonly Descriptor[]> {
    return listReferrers(this.#api, this.name, subject)
  }

  tagsOf(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, readonly string[]>> {
    return tagsOf(this.#api, this.name, digests)
  }

  assertReadable(blob: Digest): Promise<void> {
    return this.#api.facts.getDownloadUrl(this.name, blob)
  }

  async replication(
    digest: Digest,
    hosts: readonly string[],
  ): Promise<ReadonlyMap<string, ReplicationStatus>> {
    const leadTo = replicatedHosts(await this.registry.replicationRules(), this.name, hosts)
    return leadTo.length === 0 ? new Map() : imageReplication(this.#api, this.name, digest, leadTo)
  }

  async *tags(): AsyncIterable<string> {
    for await (const page of this.#api.listTaggedImages(this.name)) {
      for (const {imageTag} of page) {
        if (imageTag === undefined) continue
        if (!isValidTag(imageTag)) throw noName(this.registry.host, `the tag list of ${this.name}`)
        yield imageTag
      }
    }
  }
}

/** Names become parts of references and URLs, so those of ECR are looked at like those of any registry. */
function noName(host: string, list: string): FailureError {
  return new FailureError('BAD_ANSWER', `${host}: ${list} has an entry that is no name. Treated as an error.`)
}
