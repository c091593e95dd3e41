import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'

/** First and last byte, both included. */
export interface Range {
  readonly first: number
  readonly last: number
}

/** Bytes by their digest: blobs and manifests of all registries. */
export interface ContentStore {
  /** A place to write to; nothing is visible before it is kept. */
  begin(): Promise<ContentWriter>
  /** Bytes of the content; undefined when it is not there. */
  sizeOf(digest: string): Promise<number | undefined>
  /** The content must exist. */
  read(digest: string, range?: Range): Readable
  /** All of it at once, for manifests. */
  readWhole(digest: string): Promise<Buffer>
  /** Drops the content, at once. */
  remove(digest: string): void
  /** Digests of all contents. */
  all(): AsyncIterable<string>
}

export interface ContentWriter {
  /** Bytes written so far. */
  readonly size: number
  write(chunk: Uint8Array): Promise<void>
  /** Digest of the bytes written so far. */
  digest(): string
  /** Makes the bytes readable by their digest; from then on they survive a crash, where anything does. */
  keep(): Promise<void>
  discard(): Promise<void>
}

/** Takes bytes that are all here already. */
export async function writeAll(store: ContentStore, bytes: Uint8Array): Promise<ContentWriter> {
  const writer = await store.begin()
  await writer.write(bytes)
  return writer
}

export class MemoryContent implements ContentStore {
  readonly #contents = new Map<string, readonly Uint8Array[]>()

  begin(): Promise<ContentWriter> {
    const chunks: Uint8Array[] = []
    const hash = createHash('sha256')
    const writer = {
      size: 0,
      write: (chunk: Uint8Array) => {
        hash.update(chunk)
        chunks.push(chunk)
        writer.size += chunk.length
        return Promise.resolve()
      },
      digest: () => `sha256:${hash.copy().digest('hex')}`,
      keep: () => {
        this.#contents.set(writer.digest(), chunks)
        return Promise.resolve()
      },
      discard: () => {
        chunks.length = 0
        return Promise.resolve()
      },
    }
    return Promise.resolve(writer)
  }

  sizeOf(digest: string): Promise<number | undefined> {
    const chunks = this.#contents.get(digest)
    return Promise.resolve(chunks?.reduce((sum, chunk) => sum + chunk.length, 0))
  }

  read(digest: string, range?: Range): Readable {
    return Readable.from(slices(this.#chunks(digest), range))
  }

  readWhole(digest: string): Promise<Buffer> {
    return Promise.resolve(Buffer.concat(this.#chunks(digest)))
  }

  remove(digest: string): void {
    this.#contents.delete(digest)
  }

  async *all(): AsyncGenerator<string> {
    yield* this.#contents.keys()
  }

  #chunks(digest: string): readonly Uint8Array[] {
    const chunks = this.#contents.get(digest)
    if (chunks === undefined) throw new Error(`content ${digest} is gone`)
    return chunks
  }
}

function* slices(
  chunks: readonly Uint8Array[],
  range: Range = {first: 0, last: Infinity},
): Generator<Uint8Array> {
  let offset = 0
  for (const chunk of chunks) {
    const start = Math.max(range.first - offset, 0)
    const end = Math.min(range.last + 1 - offset, chunk.length)
    if (start < end) yield chunk.subarray(start, end)
    offset += chunk.length
  }
}
