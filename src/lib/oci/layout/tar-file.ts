import {type FileHandle, open} from 'node:fs/promises'
import {FailureError, RefusalError, UsageError} from '../../errors.ts'
import type {Digest} from '../digest.ts'
import {notFound} from './blob-folder.ts'
import {maxIndexBytes} from './index-file.ts'
import {diskError, onDisk} from './store.ts'
import {readEntries, type TarEntry} from './tar-entries.ts'
import {checkVersion, layoutFile, maxLayoutFileBytes} from './version.ts'

const chunkBytes = 256 * 1024

/** What compressed files begin with: gzip, Zstandard, bzip2, xz. */
const compressed = ['1f8b', '28b52ffd', '425a68', 'fd377a58']

/** The tar of a layout, whose entries are found once and read where they stand. */
export class TarFile {
  readonly #handle: FileHandle
  readonly #where: string
  readonly #entries: ReadonlyMap<string, TarEntry>

  private constructor(handle: FileHandle, where: string, entries: ReadonlyMap<string, TarEntry>) {
    this.#handle = handle
    this.#where = where
    this.#entries = entries
  }

  /**
   * @returns undefined when there is no such file.
   * @throws {RefusalError} INVALID_LAYOUT, UNSUPPORTED_LAYOUT, LAYOUT_TOO_LARGE; {UsageError} NOT_A_LAYOUT.
   */
  static open(path: string, where: string): Promise<TarFile | undefined> {
    return onDisk('read', where, async () => {
      const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (handle === undefined) return undefined
      try {
        await assertPlain(handle, where)
        const tar = new TarFile(handle, where, await readEntries(handle, where, isOfLayout))
        await tar.#check()
        return tar
      } catch (error) {
        await handle.close()
        throw error
      }
    })
  }

  sizeOf(digest: Digest): number | undefined {
    return this.#entries.get(nameOf(digest))?.size
  }

  async *read(digest: Digest): AsyncGenerator<Uint8Array, void> {
    const entry = this.#entries.get(nameOf(digest))
    if (entry === undefined) throw notFound(digest, this.#where)
    yield* this.#bytesOf(entry)
  }

  async readIndex(): Promise<Uint8Array> {
    const bytes = await this.#readSmall('index.json', maxIndexBytes)
    if (bytes !== undefined) return bytes
    throw new RefusalError('INVALID_LAYOUT', `${this.#where} has no index.json.`)
  }

  /** May be called again. */
  async close(): Promise<void> {
    // Nothing was written through it that could be lost.
    await this.#handle.close().catch(() => undefined)
  }

  async #check(): Promise<void> {
    const version = await this.#readSmall(layoutFile, maxLayoutFileBytes)
    if (version !== undefined) return checkVersion(version, this.#where)
    const why = this.#entries.has('manifest.json')
      ? 'docker saved it before version 25, without an OCI layout in it. Save it again with a newer one, or: skopeo copy docker-archive:FILE oci-archive:OTHER'
      : `there is no file ${layoutFile} in it.`
    throw new UsageError('NOT_A_LAYOUT', `${this.#where} is no tar of an OCI image layout: ${why}`)
  }

  async #readSmall(name: string, limit: number): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    if (entry.size > limit) {
      throw new RefusalError(
        'LAYOUT_TOO_LARGE',
        `${this.#where}: ${name} is larger than ${limit / 1024} KiB; not read.`,
      )
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of this.#bytesOf(entry)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async *#bytesOf({offset, size}: TarEntry): AsyncGenerator<Uint8Array, void> {
    for (let done = 0; done < size; ) {
      const wanted = Math.min(chunkBytes, size - done)
      const {bytesRead, buffer} = await this.#handle
        .read(Buffer.allocUnsafe(wanted), 0, wanted, offset + done)
        .catch((error: unknown) => Promise.reject(diskError('read', this.#where, error)))
      if (bytesRead === 0)
        throw new FailureError('LAYOUT_UNREADABLE', `${this.#where} became shorter. Run again.`)
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
}

async function assertPlain(handle: FileHandle, where: string): Promise<void> {
  if (!(await handle.stat()).isFile())
    throw new UsageError('NOT_A_LAYOUT', `${where} is no file. A folder is oci:PATH.`)
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(4), 0, 4, 0)
  const start = buffer.subarray(0, bytesRead).toString('hex')
  if (!compressed.some(magic => start.startsWith(magic))) return
  throw new UsageError(
    'NOT_A_LAYOUT',
    `${where} is compressed, and layers are already. Decompress it first, for example with gunzip.`,
  )
}

function isOfLayout(name: string): boolean {
  return [layoutFile, 'index.json', 'manifest.json'].includes(name) || name.startsWith('blobs/sha256/')
}

function nameOf(digest: Digest): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`
}
