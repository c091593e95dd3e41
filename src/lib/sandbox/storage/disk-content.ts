import {createHash, randomUUID} from 'node:crypto'
import {createReadStream, existsSync, rmSync} from 'node:fs'
import {type FileHandle, mkdir, open, readdir, readFile, rm, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import type {Readable} from 'node:stream'
import type {ContentStore, ContentWriter, Range} from '../state/content.ts'
import {moveInto, syncDirectory} from './files.ts'

/** Content in files named by their digest: `content/ab/cdef...`. What is still being written is in `incoming`. */
export class DiskContent implements ContentStore {
  readonly #contents: string
  readonly #incoming: string

  constructor(directory: string) {
    this.#contents = join(directory, 'content')
    this.#incoming = join(directory, 'incoming')
  }

  begin(): Promise<ContentWriter> {
    const path = join(this.#incoming, randomUUID())
    return Promise.resolve(new FileWriter(path, digest => this.#pathOf(digest)))
  }

  async sizeOf(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(digest))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  read(digest: string, range?: Range): Readable {
    return createReadStream(
      this.#pathOf(digest),
      range === undefined ? {} : {start: range.first, end: range.last},
    )
  }

  readWhole(digest: string): Promise<Buffer> {
    return readFile(this.#pathOf(digest))
  }

  remove(digest: string): void {
    rmSync(this.#pathOf(digest), {force: true})
  }

  async *all(): AsyncGenerator<string> {
    for (const folder of await namesIn(this.#contents)) {
      for (const name of await namesIn(join(this.#contents, folder))) yield `sha256:${folder}${name}`
    }
  }

  /** Removes what a crash left half written. */
  async discardIncoming(): Promise<void> {
    await rm(this.#incoming, {recursive: true, force: true})
  }

  #pathOf(digest: string): string {
    const hex = digest.slice('sha256:'.length)
    return join(this.#contents, hex.slice(0, 2), hex.slice(2))
  }
}

/** Opens its file with the first bytes: clients begin uploads that they never use, and files to open are few. */
class FileWriter implements ContentWriter {
  readonly #path: string
  readonly #pathOf: (digest: string) => string
  readonly #hash = createHash('sha256')
  #handle: FileHandle | undefined
  #size = 0

  constructor(path: string, pathOf: (digest: string) => string) {
    this.#path = path
    this.#pathOf = pathOf
  }

  get size(): number {
    return this.#size
  }

  async write(chunk: Uint8Array): Promise<void> {
    const handle = await this.#open()
    await handle.writeFile(chunk)
    this.#hash.update(chunk)
    this.#size += chunk.length
  }

  digest(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`
  }

  async keep(): Promise<void> {
    const path = this.#pathOf(this.digest())
    // Windows lets nobody replace a file that is being read, and what lies there is the same.
    if (existsSync(path)) return await this.discard()
    const handle = await this.#open()
    await handle.sync()
    await handle.close()
    const folder = dirname(path)
    const made = await mkdir(folder, {recursive: true})
    if (made !== undefined) await syncDirectory(dirname(made))
    try {
      await moveInto(this.#path, path)
    } catch (error) {
      // Somebody else kept the same bytes first, and on Windows they may be being read already.
      if (!existsSync(path)) throw error
      await this.discard()
    }
  }

  async discard(): Promise<void> {
    await this.#handle?.close()
    await rm(this.#path, {force: true})
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle
    await mkdir(dirname(this.#path), {recursive: true})
    this.#handle = await open(this.#path, 'wx', 0o600)
    return this.#handle
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
