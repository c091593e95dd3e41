import {open, readdir, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {RefusalError, UsageError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import {BlobFolder, readFile, regularFile, statsOf} from './blob-folder.ts'
import {isClaim} from './claim.ts'
import {IndexChanges} from './index-changes.ts'
import {emptyIndex, formatIndex, type LayoutIndex, maxIndexBytes, parseIndex} from './index-file.ts'
import {type LayoutStore, onDisk} from './store.ts'
import {checkVersion, layoutFile, layoutVersion, maxLayoutFileBytes} from './version.ts'

/** A layout that is a folder (image-spec, image-layout.md). */
export class DirectoryStore implements LayoutStore {
  readonly #blobs: BlobFolder
  readonly #where: string
  readonly #changes = new IndexChanges({
    read: () => this.readIndex(),
    replace: index => this.#replaceIndex(index),
  })
  #known: {readonly key: string; readonly index: LayoutIndex} | undefined
  #prepared: Promise<void> | undefined

  constructor(root: string, where: string) {
    this.#blobs = new BlobFolder(root, where)
    this.#where = where
  }

  /**
   * Looks whether there is a layout.
   *
   * @param isWritten whether it may also be missing, to be made.
   * @throws {UsageError} LAYOUT_NOT_FOUND, NOT_A_LAYOUT; {RefusalError} INVALID_LAYOUT, UNSUPPORTED_LAYOUT.
   */
  async check(isWritten: boolean): Promise<void> {
    const {root} = this.#blobs
    await onDisk('read', this.#where, async () => {
      const version = await this.#read(layoutFile, maxLayoutFileBytes)
      if (version !== undefined) checkVersion(version, this.#where)
      else await this.#assertEmpty(isWritten)
      for (const folder of [join(root, 'blobs'), this.#blobs.folder]) {
        const stats = await statsOf(folder)
        if (stats !== undefined && !stats.isDirectory())
          throw new RefusalError(
            'INVALID_LAYOUT',
            `${this.#where}: ${folder} is no folder, but a link or a file.`,
          )
      }
      if (!isWritten && (await regularFile(join(root, 'index.json'), this.#where)) === undefined)
        throw new RefusalError('INVALID_LAYOUT', `${this.#where} has no index.json.`)
    })
  }

  readIndex(): Promise<LayoutIndex> {
    return onDisk('read', this.#where, async () => {
      const file = await regularFile(this.#indexFile, this.#where)
      if (file === undefined) return emptyIndex
      if (this.#known?.key === file.key) return this.#known.index
      const bytes = (await this.#read('index.json', maxIndexBytes)) ?? new Uint8Array()
      const index = parseIndex(bytes, `${this.#where}, index.json`)
      this.#known = {key: file.key, index}
      return index
    })
  }

  sizeOf(digest: Digest): Promise<number | undefined> {
    return this.#blobs.sizeOf(digest)
  }

  read(digest: Digest): AsyncIterable<Uint8Array> {
    return this.#blobs.read(digest)
  }

  async write(content: Pick<Descriptor, 'digest' | 'size'>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#prepare()
    await this.#blobs.write(content, bytes)
  }

  async changeIndex(change: (index: LayoutIndex) => Promise<LayoutIndex>): Promise<void> {
    await this.#prepare()
    await this.#changes.make(change)
  }

  close(): void {
    this.#blobs.close()
  }

  /** All that the index leads to is on the disk before the index is, by name too. */
  async #replaceIndex(index: LayoutIndex): Promise<void> {
    const bytes = formatIndex(index, `${this.#where}, index.json`)
    await this.#replace('index.json', bytes)
    const file = await regularFile(this.#indexFile, this.#where)
    this.#known = file && {key: file.key, index}
  }

  /** Makes the layout where there is none: one that a kill cuts off here is an empty one. */
  #prepare(): Promise<void> {
    this.#prepared ??= (async () => {
      await this.#blobs.claim()
      if ((await this.#read(layoutFile, maxLayoutFileBytes)) === undefined)
        await this.#replace(layoutFile, Buffer.from(layoutVersion))
      if ((await regularFile(this.#indexFile, this.#where)) === undefined)
        await this.#replaceIndex(emptyIndex)
    })()
    return this.#prepared
  }

  async #replace(name: string, bytes: Uint8Array): Promise<void> {
    const {root, folder} = this.#blobs
    const file = await this.#blobs.temporary()
    await onDisk('written', this.#where, async () => {
      await syncFolder(folder)
      await writeFile(file, bytes, {flush: true, mode: 0o644})
      await rename(file, join(root, name))
      await syncFolder(root)
    })
  }

  async #read(name: string, limit: number): Promise<Uint8Array | undefined> {
    const path = join(this.#blobs.root, name)
    const file = await regularFile(path, this.#where)
    if (file === undefined) return undefined
    const tooLarge = () =>
      new RefusalError(
        'LAYOUT_TOO_LARGE',
        `${this.#where}: ${name} is larger than ${limit / 1024} KiB; not read.`,
      )
    if (file.size > limit) throw tooLarge()
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of readFile(path)) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  async #assertEmpty(isWritten: boolean): Promise<void> {
    const {root} = this.#blobs
    const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (names === undefined && !isWritten)
      throw new UsageError('LAYOUT_NOT_FOUND', `${this.#where}: there is no folder ${root}.`)
    if (isWritten && (names ?? []).every(isClaim)) return
    throw new UsageError(
      'NOT_A_LAYOUT',
      `${this.#where} is no OCI image layout: it has no file ${layoutFile}. ${isWritten ? 'Name an empty folder or a new one.' : 'Name the folder that has one.'}`,
    )
  }

  get #indexFile(): string {
    return join(this.#blobs.root, 'index.json')
  }
}

/** A file that is on the disk while its name is not would be gone after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows and some file systems of networks know no such thing; a killed process loses nothing without it.
  }
}
