import {FailureError, RefusalError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import {type Manifest, maxManifestRead, parseManifest} from '../manifest.ts'
import type {Traffic} from '../registry.ts'
import {type LayoutStore, verified} from './store.ts'

/** As deep as indexes are followed. */
const maxDepth = 4
/** What a descriptor may be wrong by. */
const smallManifest = 64 * 1024

/** The manifests and blobs of a layout, which all of its repositories share; every byte counts as traffic. */
export class LayoutContents {
  readonly store: LayoutStore
  readonly host: string
  readonly #traffic: Traffic
  readonly #signal: AbortSignal

  constructor(store: LayoutStore, host: string, traffic: Traffic, signal: AbortSignal) {
    this.store = store
    this.host = host
    this.#traffic = traffic
    this.#signal = signal
  }

  /** The bytes of a blob, checked as they pass. */
  async *read(blob: Pick<Descriptor, 'digest' | 'size'>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of verified(this.store.read(blob.digest), blob, this.host)) {
      this.#signal.throwIfAborted()
      this.#traffic.bytesReceived += chunk.length
      yield chunk
    }
  }

  /** Stores a blob, or a manifest's bytes; there is no way to tell them apart in a layout. */
  async write(
    content: Pick<Descriptor, 'digest' | 'size'>,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    await this.store.write(content, this.#sent(bytes))
  }

  /**
   * @param claimed bytes that a descriptor of it claims.
   * @returns undefined when it is not there.
   */
  async readManifest(digest: Digest, claimed = maxManifestRead): Promise<Manifest | undefined> {
    const size = await this.store.sizeOf(digest)
    if (size === undefined) return undefined
    const where = `${this.host}@${digest}`
    if (size > Math.min(Math.max(claimed, smallManifest), maxManifestRead)) {
      throw new RefusalError('MANIFEST_TOO_LARGE', `${where} has ${size} bytes; that is no manifest to read.`)
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of this.read({digest, size})) chunks.push(chunk)
    const {entries} = await this.store.readIndex()
    const type = entries.find(({descriptor}) => descriptor.digest === digest)?.descriptor.mediaType
    return parseManifest(Buffer.concat(chunks), type, where)
  }

  async writeManifest({digest, bytes}: Manifest): Promise<void> {
    if ((await this.store.sizeOf(digest)) === bytes.length) return
    await this.write({digest, size: bytes.length}, [bytes])
  }

  /** Whether a manifest is there with all that it names: others leave layouts in which something is missing. */
  async isComplete(digest: Digest, depth = 0): Promise<boolean> {
    const manifest = depth > maxDepth ? undefined : await this.readManifest(digest)
    if (manifest === undefined) return false
    for (const {digest: blob, size} of manifest.blobs)
      if ((await this.store.sizeOf(blob)) !== size) return false
    for (const child of manifest.children) if (!(await this.isComplete(child.digest, depth + 1))) return false
    return true
  }

  /** As at a registry, what a manifest names comes before it. @throws {FailureError} LAYERS_NOT_FOUND, CONTENT_NOT_FOUND. */
  async assertContents({digest, blobs, children}: Manifest): Promise<void> {
    for (const content of [...blobs, ...children]) {
      if ((await this.store.sizeOf(content.digest)) === content.size) continue
      throw new FailureError(
        blobs.includes(content) ? 'LAYERS_NOT_FOUND' : 'CONTENT_NOT_FOUND',
        `${this.host} does not have ${content.digest}, which ${digest} needs. Run again.`,
      )
    }
  }

  async *#sent(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of bytes) {
      this.#signal.throwIfAborted()
      this.#traffic.bytesSent += chunk.length
      yield chunk
    }
  }
}
