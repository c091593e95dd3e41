import type {RefusalError} from '../../errors.ts'
import type {Digest} from '../digest.ts'
import type {Manifest} from '../manifest.ts'
import {manifestTypes} from '../media-types.ts'
import type {LayoutContents} from './contents.ts'
import type {LayoutIndex} from './index-file.ts'

/** What a manifest says of others. */
type Relations = Pick<Manifest, 'blobs' | 'children' | 'subject'>

const none: Relations = {blobs: [], children: []}

/** How the manifests of a layout hang together. Each is read once: what a digest names does not change. */
export class LayoutFacts {
  readonly #contents: LayoutContents
  readonly #known = new Map<Digest, Promise<Relations>>()
  #reached: {readonly index: LayoutIndex; readonly digests: Promise<ReadonlySet<Digest>>} | undefined

  constructor(contents: LayoutContents) {
    this.#contents = contents
  }

  async subjectOf(digest: Digest): Promise<Digest | undefined> {
    return (await this.#of(digest)).subject?.digest
  }

  /** What the index leads to: manifests and blobs. */
  async reachable(): Promise<ReadonlySet<Digest>> {
    const index = await this.#contents.store.readIndex()
    if (this.#reached?.index !== index) this.#reached = {index, digests: this.#follow(index)}
    return this.#reached.digests
  }

  async #follow({entries}: LayoutIndex): Promise<ReadonlySet<Digest>> {
    const found = new Map(entries.map(({descriptor}) => [descriptor.digest, descriptor]))
    // The loop comes to what it adds.
    for (const {digest, mediaType} of found.values()) {
      if (!manifestTypes.includes(mediaType)) continue
      const {blobs, children} = await this.#of(digest)
      for (const next of [...blobs, ...children]) if (!found.has(next.digest)) found.set(next.digest, next)
    }
    return new Set(found.keys())
  }

  #of(digest: Digest): Promise<Relations> {
    const known = this.#known.get(digest) ?? this.#read(digest)
    this.#known.set(digest, known)
    return known
  }

  async #read(digest: Digest): Promise<Relations> {
    try {
      const manifest = await this.#contents.readManifest(digest)
      // Without the bytes: a layout may have many.
      if (manifest !== undefined) return relationsOf(manifest)
      this.#known.delete(digest)
      return none
    } catch (error) {
      const {code} = error as RefusalError
      // Images that cannot be promoted must not keep others from being.
      if (code === 'FOREIGN_LAYER' || code === 'UNSUPPORTED_MANIFEST') return none
      throw error
    }
  }
}

function relationsOf({blobs, children, subject}: Manifest): Relations {
  return {blobs, children, ...(subject === undefined ? {} : {subject})}
}
