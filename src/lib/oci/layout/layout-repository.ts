import {Readable} from 'node:stream'
import {UsageError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import {type Digest, isDigest} from '../digest.ts'
import {mapLimited} from '../limiter.ts'
import type {Manifest} from '../manifest.ts'
import {oneLine} from '../one-line.ts'
import {isValidTag} from '../reference.ts'
import type {Listing, OnBytes, Registry, Repository, WantedManifest} from '../registry.ts'
import type {LayoutContents} from './contents.ts'
import type {LayoutFacts} from './facts.ts'
import {findName, withManifest, withName} from './index-file.ts'
import type {ImageName} from './names.ts'
import type {LayoutReferrers} from './referrers.ts'

/** Files that are open at a time. */
const openAtOnce = 16

/** What the repositories of a layout share. */
export interface Layout {
  readonly registry: Registry
  readonly contents: LayoutContents
  readonly facts: LayoutFacts
  readonly referrers: LayoutReferrers
}

/** A repository of a layout: names of its index. Content and referrers belong to all repositories. */
export class LayoutRepository implements Repository {
  readonly name: string
  readonly registry: Registry
  readonly #contents: LayoutContents
  readonly #facts: LayoutFacts
  readonly #referrers: LayoutReferrers

  constructor({registry, contents, facts, referrers}: Layout, name: string) {
    this.name = name
    this.registry = registry
    this.#contents = contents
    this.#facts = facts
    this.#referrers = referrers
  }

  async resolve(tags: readonly string[]): Promise<Map<string, Digest>> {
    const index = await this.#contents.store.readIndex()
    const found = new Map<string, Digest>()
    for (const tag of tags) {
      const entry = findName(index, this.#nameOf(tag), this.registry.host)
      if (entry !== undefined) found.set(tag, entry.digest)
    }
    return found
  }

  async manifests(
    references: readonly string[],
    sizes?: ReadonlyMap<string, number>,
  ): Promise<Map<string, Manifest>> {
    const tags = await this.resolve(references.filter(reference => !isDigest(reference)))
    const found = new Map<string, Manifest>()
    await mapLimited([...new Set(references)], openAtOnce, async reference => {
      const digest = isDigest(reference) ? reference : tags.get(reference)
      const manifest = digest && (await this.#contents.readManifest(digest, sizes?.get(reference)))
      if (manifest) found.set(reference, manifest)
    })
    return found
  }

  rareTags(tags: readonly string[]): Promise<Map<string, Manifest>> {
    return this.manifests(tags)
  }

  async presentManifests(manifests: readonly WantedManifest[]): Promise<Set<Digest>> {
    // What a run left that died before it said so in the index is not there.
    const reachable = await this.#facts.reachable()
    const present = new Set<Digest>()
    await mapLimited(manifests, openAtOnce, async ({digest, subject}) => {
      if (!reachable.has(digest) || !(await this.#contents.isComplete(digest))) return
      const listed = subject === undefined ? [{digest}] : await this.referrers(subject.digest)
      if (listed.some(other => other.digest === digest)) present.add(digest)
    })
    return present
  }

  async presentBlobs(digests: readonly Digest[]): Promise<Set<Digest>> {
    const {store} = this.#contents
    const has = async (digest: Digest) => ((await store.sizeOf(digest)) === undefined ? [] : [digest])
    return new Set((await mapLimited(digests, openAtOnce, has)).flat())
  }

  async readBlob(blob: Descriptor): Promise<Readable> {
    return Readable.from(this.#contents.read(blob), {objectMode: false})
  }

  async mountBlob({digest, size}: Descriptor): Promise<boolean> {
    return (await this.#contents.store.sizeOf(digest)) === size
  }

  async uploadBlob(blob: Descriptor, open: () => Promise<Readable>, onBytes?: OnBytes): Promise<void> {
    await this.#contents.write(blob, told(await open(), onBytes))
  }

  async putManifest(manifest: Manifest, tag?: string): Promise<Listing> {
    const name = tag === undefined ? undefined : this.#nameOf(tag)
    await this.#contents.assertContents(manifest)
    await this.#contents.writeManifest(manifest)
    const isReferrer = manifest.subject !== undefined
    await this.#contents.store.changeIndex(async index => {
      const listed = isReferrer ? await this.#referrers.add(index, manifest) : index
      if (name !== undefined) return withName(listed, name, manifest)
      return isReferrer ? listed : withManifest(listed, manifest)
    })
    return isReferrer ? 'fallback' : 'native'
  }

  referrers(subject: Digest): Promise<readonly Descriptor[]> {
    return this.#referrers.list(subject)
  }

  async *tags(): AsyncGenerator<string> {
    const {entries} = await this.#contents.store.readIndex()
    const names = entries.flatMap(entry => entry.names)
    yield* new Set(names.flatMap(({repository, tag}) => (repository === this.name ? [tag] : [])))
  }

  #nameOf(tag: string): ImageName {
    if (isValidTag(tag)) return {repository: this.name, tag}
    throw new UsageError('INVALID_REFERENCE', `"${oneLine(tag, 140)}" is not a tag name.`)
  }
}

/** The bytes, with `onBytes` told of each piece. */
async function* told(bytes: AsyncIterable<Uint8Array>, onBytes?: OnBytes): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onBytes?.(piece.length)
    yield piece
  }
}
