import {type FileHandle, open} from 'node:fs/promises'
import {blockBytes, encodeHeader, paddingOf} from './tar-header.ts'

const chunkBytes = 256 * 1024
/** What ends a tar. */
const zeros = Buffer.alloc(2 * blockBytes)

/** Writes a tar, entry after entry. */
export class TarWriter {
  readonly #handle: FileHandle

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Of a file that is not there yet. */
  static async create(path: string): Promise<TarWriter> {
    return new TarWriter(await open(path, 'wx', 0o644))
  }

  /** @param bytes as many as `size` says. */
  async add(
    name: string,
    size: number,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    await this.#handle.writeFile(encodeHeader(name, size))
    let pieces: Uint8Array[] = []
    let held = 0
    for await (const chunk of bytes) {
      pieces.push(chunk)
      held += chunk.length
      if (held < chunkBytes) continue
      await this.#handle.writeFile(Buffer.concat(pieces))
      pieces = []
      held = 0
    }
    await this.#handle.writeFile(Buffer.concat([...pieces, zeros.subarray(0, paddingOf(size))]))
  }

  /** Ends the tar; it is on the disk then. */
  async end(): Promise<void> {
    await this.#handle.writeFile(zeros)
    await this.#handle.datasync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
