import {type FileHandle, open} from 'node:fs/promises'
import {blockBytes, encodeHeader, paddingOf} from './tar-header.ts'

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
    for await (const chunk of bytes) await this.#handle.writeFile(chunk)
    await this.#handle.writeFile(zeros.subarray(0, paddingOf(size)))
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
