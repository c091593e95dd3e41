import type {EncryptionConfiguration} from '../api/model/ecr.ts'
import {repositoryArn} from '../identity/partition.ts'
import {type Key, type Ledger, noLedger} from './ledger.ts'
import type {ManifestFacts} from './manifest.ts'
import {SortedMap} from './sorted-map.ts'
import type {TagMutability} from './tag-mutability.ts'

export interface RepositoryId {
  readonly account: string
  readonly region: string
  readonly name: string
}

export interface RepositorySettings {
  /** Milliseconds since the epoch, as all times of the state. */
  readonly createdAt: number
  readonly tagMutability: TagMutability
  readonly scanOnPush: boolean
  readonly encryption: EncryptionConfiguration
  /** The repository policy, parsed. */
  readonly policy?: object
}

export interface ImageRecord extends ManifestFacts {
  readonly digest: string
  readonly manifestSize: number
  /** What DescribeImages calls imageSizeInBytes. */
  readonly imageSize: number
  readonly pushedAt: number
  readonly pulledAt?: number
}

export interface Image extends ImageRecord {
  readonly tags: ReadonlySet<string>
}

export interface Layer {
  readonly size: number
  /** As the manifests say that list it. */
  readonly mediaType?: string
  /** How many images of the repository list it. */
  readonly images: number
}

/** One repository: what is in it, found by digest or tag in one step, and every change of it recorded. */
export class Repository {
  readonly id: RepositoryId
  readonly arn: string
  #ledger: Ledger
  #settings: RepositorySettings
  readonly #images = new SortedMap<ImageRecord & {readonly tags: Set<string>}>()
  readonly #tags = new SortedMap<string>()
  readonly #layers = new Map<string, Layer>()
  readonly #referrers = new Map<string, Set<string>>()
  readonly #indexes = new Map<string, Set<string>>()

  constructor(id: RepositoryId, settings: RepositorySettings, ledger: Ledger) {
    this.id = id
    this.arn = repositoryArn(id.account, id.region, id.name)
    this.#settings = settings
    this.#ledger = ledger
    ledger.record(this.#key('repository'), settings)
  }

  get settings(): RepositorySettings {
    return this.#settings
  }

  set settings(settings: RepositorySettings) {
    this.#settings = settings
    this.#ledger.record(this.#key('repository'), settings)
  }

  /** Images by digest. */
  get images(): Pick<SortedMap<Image>, 'get' | 'has' | 'size' | 'from' | 'values'> {
    return this.#images
  }

  /** Digests by tag. */
  get tags(): Pick<SortedMap<string>, 'get' | 'has' | 'from'> {
    return this.#tags
  }

  get layers(): ReadonlyMap<string, Layer> {
    return this.#layers
  }

  /** Digests of the images whose subject this is. */
  referrersOf(subject: string): ReadonlySet<string> {
    return this.#referrers.get(subject) ?? new Set()
  }

  /** Digests of the indexes that list this image. */
  indexesOf(child: string): ReadonlySet<string> {
    return this.#indexes.get(child) ?? new Set()
  }

  addLayer(digest: string, size: number): void {
    if (this.#layers.has(digest)) return
    this.#layers.set(digest, {size, images: 0})
    this.#ledger.record(this.#key('layer', digest), {size})
  }

  /** Adds an image that is new to the repository. */
  addImage(record: ImageRecord): void {
    this.#images.set(record.digest, {...record, tags: new Set()})
    for (const {digest, mediaType} of record.layers) this.#countLayer(digest, 1, mediaType)
    for (const child of record.children ?? []) link(this.#indexes, child, record.digest)
    if (record.subject !== undefined) link(this.#referrers, record.subject, record.digest)
    this.#ledger.record(this.#key('image', record.digest), record)
  }

  /** Forgets an image that has no tags. */
  removeImage(digest: string): void {
    const image = this.#images.get(digest)
    if (image === undefined) return
    this.#images.delete(digest)
    for (const layer of image.layers) this.#countLayer(layer.digest, -1)
    for (const child of image.children ?? []) unlink(this.#indexes, child, digest)
    if (image.subject !== undefined) unlink(this.#referrers, image.subject, digest)
    this.#ledger.record(this.#key('image', digest), undefined)
  }

  /** Points `tag` to an image that is there. */
  setTag(tag: string, digest: string): void {
    const before = this.#tags.get(tag)
    if (before !== undefined) this.#images.get(before)?.tags.delete(tag)
    this.#images.get(digest)?.tags.add(tag)
    this.#tags.set(tag, digest)
    this.#ledger.record(this.#key('tag', tag), {digest})
  }

  removeTag(tag: string): void {
    const digest = this.#tags.get(tag)
    if (digest === undefined) return
    this.#tags.delete(tag)
    this.#images.get(digest)?.tags.delete(tag)
    this.#ledger.record(this.#key('tag', tag), undefined)
  }

  /** ECR refreshes the time of the last pull at least once in 24 hours, not at every pull. */
  recordPull(digest: string, now: number): void {
    const image = this.#images.get(digest)
    if (image === undefined || now - (image.pulledAt ?? -Infinity) < 24 * 60 * 60 * 1000) return
    const {tags, ...record} = {...image, pulledAt: now}
    this.#images.set(digest, {...record, tags})
    this.#ledger.record(this.#key('image', digest), record)
  }

  /** Forgets the repository and all that is in it. */
  forget(): void {
    for (const [tag] of this.#tags.from()) this.#ledger.record(this.#key('tag', tag), undefined)
    for (const {digest} of this.#images.values()) this.#ledger.record(this.#key('image', digest), undefined)
    for (const digest of this.#layers.keys()) this.#ledger.record(this.#key('layer', digest), undefined)
    this.#ledger.record(this.#key('repository'), undefined)
    // A request that still holds it must not write under the name of the next one.
    this.#ledger = noLedger
  }

  #countLayer(digest: string, by: 1 | -1, mediaType?: string): void {
    const layer = this.#layers.get(digest)
    if (layer === undefined) return
    const known = mediaType ?? layer.mediaType
    this.#layers.set(digest, {
      ...layer,
      images: layer.images + by,
      ...(known === undefined ? {} : {mediaType: known}),
    })
  }

  #key(kind: string, ...path: string[]): Key {
    return [kind, this.id.account, this.id.region, this.id.name, ...path]
  }
}

function link(links: Map<string, Set<string>>, from: string, to: string): void {
  const known = links.get(from)
  if (known === undefined) links.set(from, new Set([to]))
  else known.add(to)
}

function unlink(links: Map<string, Set<string>>, from: string, to: string): void {
  const known = links.get(from)
  known?.delete(to)
  if (known?.size === 0) links.delete(from)
}
