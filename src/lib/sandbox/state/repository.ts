import type {PolicyDocument} from '../access/document.ts'
import type {EncryptionConfiguration} from '../api/model/ecr.ts'
import {repositoryNotFound} from '../ecr-error.ts'
import {repositoryArn} from '../identity/partition.ts'
import {day} from '../time/durations.ts'
import type {Holdings} from './holdings.ts'
import type {Key} from './key.ts'
import type {ManifestFacts} from './manifest.ts'
import type {Store} from './store.ts'
import {Table} from './table.ts'
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
  readonly policy?: PolicyDocument
  /** Resource tags. */
  readonly tags?: Readonly<Record<string, string>>
  /** What made it, when that was not a call of CreateRepository. */
  readonly createdBy?: 'PULL_THROUGH_CACHE' | 'REPLICATION' | 'CREATE_ON_PUSH'
}

export interface ImageRecord extends ManifestFacts {
  readonly digest: string
  readonly manifestSize: number
  /** What DescribeImages calls imageSizeInBytes. */
  readonly imageSize: number
  readonly pushedAt: number
  readonly pulledAt?: number
  /** Absent: active. */
  readonly status?: 'ARCHIVED' | 'ACTIVATING' | undefined
  readonly archivedAt?: number
  readonly activatedAt?: number
}

export interface Image extends ImageRecord {
  readonly tags: ReadonlySet<string>
}

export interface Layer {
  readonly size: number
  /** As the manifests say that list it. */
  readonly mediaType?: string
  /** How many images of the repository list it, and how many of those are archived. */
  readonly images: number
  readonly archived: number
}

// The kinds of entries that belong to a repository.
const kinds = ['image', 'tag', 'image-tag', 'layer', 'referrer', 'index', 'count', 'row'] as const

/** One repository: what is in it, found by digest or tag in one step. */
export class Repository {
  readonly id: RepositoryId
  readonly arn: string
  /** How many images each layer has, by digest. */
  readonly layers: Pick<Table<Layer>, 'get' | 'has' | 'from'>
  /** Digests by tag. */
  readonly tags: Pick<Table<string>, 'get' | 'has' | 'from'>
  readonly #store: Store
  readonly #holdings: Holdings
  readonly #records: Table<ImageRecord>
  readonly #layers: Table<Layer>
  readonly #tags: Table<string>
  #forgotten = false

  constructor(id: RepositoryId, store: Store, holdings: Holdings) {
    this.id = id
    this.arn = repositoryArn(id.account, id.region, id.name)
    this.#store = store
    this.#holdings = holdings
    this.#records = new Table(store, this.#key('image'))
    this.#layers = new Table(store, this.#key('layer'))
    this.#tags = new Table(store, this.#key('tag'))
    this.layers = this.#layers
    this.tags = this.#tags
  }

  /** @throws {EcrError} RepositoryNotFoundException. */
  get settings(): RepositorySettings {
    const settings = this.#store.get(this.#key('repository')) as RepositorySettings | undefined
    // It was deleted while a request was at work on it.
    if (settings === undefined) throw repositoryNotFound(this.id.name, this.id.account)
    return settings
  }

  set settings(settings: RepositorySettings) {
    if (!this.#forgotten) this.#store.set(this.#key('repository'), settings)
  }

  /** Images by digest. */
  readonly images = {
    get: (digest: string): Image | undefined => this.#withTags(this.#records.get(digest)),
    has: (digest: string): boolean => this.#records.has(digest),
    from: (digest?: string): Generator<readonly [string, Image]> => this.#images(digest),
  }

  /** Number of images. */
  get size(): number {
    return (this.#store.get(this.#key('count')) as number | undefined) ?? 0
  }

  /** Anything else that is kept about the repository, and goes with it. */
  table<T>(name: string): Table<T> {
    return new Table(this.#store, this.#key('row', name))
  }

  /** Digests of the images whose subject this is. */
  referrersOf(subject: string): readonly string[] {
    return this.#itemsOf('referrer', subject)
  }

  /** Digests of the indexes that list this image. */
  indexesOf(child: string): readonly string[] {
    return this.#itemsOf('index', child)
  }

  /** Takes in a layer whose content is there. */
  addLayer(digest: string, size: number): void {
    if (this.#forgotten || this.#layers.has(digest)) return
    this.#layers.set(digest, {size, images: 0, archived: 0})
    this.#holdings.hold(digest)
  }

  /** Forgets a layer, whatever images list it. */
  removeLayer(digest: string): void {
    if (this.#layers.delete(digest)) this.#holdings.release(digest)
  }

  /** Adds an image that is new to the repository, and whose content is there. */
  addImage(record: ImageRecord): void {
    if (this.#forgotten) return
    this.#records.set(record.digest, record)
    this.#store.set(this.#key('count'), this.size + 1)
    this.#holdings.hold(record.digest)
    for (const {digest, mediaType} of record.layers) this.#countLayer(digest, {images: 1}, mediaType)
    for (const child of record.children ?? []) this.#store.set(this.#key('index', child, record.digest), true)
    if (record.subject !== undefined) {
      this.#store.set(this.#key('referrer', record.subject, record.digest), true)
    }
  }

  /** Replaces what is known of an image that is there; its content stays. */
  updateImage(digest: string, change: Partial<Omit<ImageRecord, 'digest'>>): void {
    const record = this.#records.get(digest)
    if (record === undefined) return
    const changed = {...record, ...change}
    this.#records.set(digest, changed)
    const archived = archivedOf(changed) - archivedOf(record)
    if (archived !== 0) for (const layer of record.layers) this.#countLayer(layer.digest, {archived})
  }

  /** Forgets an image that has no tags. */
  removeImage(digest: string): void {
    const record = this.#records.get(digest)
    if (record === undefined) return
    this.#records.delete(digest)
    this.#store.set(this.#key('count'), this.size - 1)
    this.#holdings.release(digest)
    const archived = -archivedOf(record)
    for (const layer of record.layers) this.#countLayer(layer.digest, {images: -1, archived})
    for (const child of record.children ?? []) this.#store.delete(this.#key('index', child, digest))
    if (record.subject !== undefined) this.#store.delete(this.#key('referrer', record.subject, digest))
  }

  /** Points `tag` to an image that is there. */
  setTag(tag: string, digest: string): void {
    if (this.#forgotten) return
    const before = this.#tags.get(tag)
    if (before !== undefined) this.#store.delete(this.#key('image-tag', before, tag))
    this.#tags.set(tag, digest)
    this.#store.set(this.#key('image-tag', digest, tag), true)
  }

  removeTag(tag: string): void {
    const digest = this.#tags.get(tag)
    if (digest === undefined) return
    this.#tags.delete(tag)
    this.#store.delete(this.#key('image-tag', digest, tag))
  }

  /** ECR refreshes the time of the last pull at least once in 24 hours, not at every pull. */
  recordPull(digest: string, now: number): void {
    const image = this.#records.get(digest)
    if (image === undefined || now - (image.pulledAt ?? -Infinity) < day) return
    this.#records.set(digest, {...image, pulledAt: now})
  }

  /** Forgets the repository and all that is in it. A request that still holds it changes nothing any more. */
  forget(): void {
    for (const [digest] of this.#layers.from()) this.#holdings.release(digest)
    for (const [digest] of this.#records.from()) this.#holdings.release(digest)
    for (const kind of kinds) this.#store.clear(this.#key(kind))
    this.#store.delete(this.#key('count'))
    this.#store.delete(this.#key('repository'))
    this.#forgotten = true
  }

  *#images(from = ''): Generator<readonly [string, Image]> {
    for (const [digest, record] of this.#records.from(from)) yield [digest, this.#withTags(record)]
  }

  #withTags<R extends ImageRecord | undefined>(record: R): R extends undefined ? undefined : Image
  #withTags(record: ImageRecord | undefined): Image | undefined {
    return record && {...record, tags: new Set(this.#itemsOf('image-tag', record.digest))}
  }

  #itemsOf(kind: (typeof kinds)[number], of: string): readonly string[] {
    return Array.from(this.#store.below(this.#key(kind, of)), ([item]) => item)
  }

  #countLayer(digest: string, by: Partial<Pick<Layer, 'images' | 'archived'>>, mediaType?: string): void {
    const layer = this.#layers.get(digest)
    if (layer === undefined) return
    const known = mediaType ?? layer.mediaType
    this.#layers.set(digest, {
      ...layer,
      images: layer.images + (by.images ?? 0),
      archived: layer.archived + (by.archived ?? 0),
      ...(known === undefined ? {} : {mediaType: known}),
    })
  }

  #key(kind: string, ...path: string[]): Key {
    return [kind, this.id.account, this.id.region, this.id.name, ...path]
  }
}

function archivedOf({status}: ImageRecord): 0 | 1 {
  return status === 'ARCHIVED' ? 1 : 0
}
