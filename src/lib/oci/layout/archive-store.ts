import {rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import {UsageError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import {BlobFolder} from './blob-folder.ts'
import {syncFolder} from './directory-store.ts'
import {IndexChanges} from './index-changes.ts'
import {emptyIndex, formatIndex, type LayoutIndex, parseIndex} from './index-file.ts'
import {type LayoutStore, onDisk, verified} from './store.ts'
import {TarFile} from './tar-file.ts'
import {TarWriter} from './tar-writer.ts'
import {layoutFile, layoutVersion} from './version.ts'

/**
 * A layout that is a tar. What is written is kept in a folder beside it until all is there; then a new tar takes the
 * place of the old one. A run that dies leaves the tar as it was, and in the folder what the next run need not fetch.
 */
export class ArchiveStore implements LayoutStore {
  readonly #file: string
  readonly #where: string
  readonly #tar: TarFile | undefined
  readonly #added: BlobFolder
  readonly #changes = new IndexChanges({
    read: () => this.readIndex(),
    replace: async index => {
      this.#index = index
      this.#isChanged = true
    },
  })
  #index: LayoutIndex
  #isChanged = false

  private constructor(file: string, where: string, tar: TarFile | undefined, index: LayoutIndex) {
    this.#file = file
    this.#where = where
    this.#tar = tar
    this.#index = index
    this.#added = new BlobFolder(`${file}.gantry-partial`, where)
  }

  /**
   * @param isWritten whether it may also be missing, to be made.
   * @throws {UsageError} LAYOUT_NOT_FOUND, and as {@link TarFile.open}.
   */
  static async open(file: string, where: string, isWritten: boolean): Promise<ArchiveStore> {
    const tar = await TarFile.open(file, where)
    if (tar === undefined) {
      if (isWritten) return new ArchiveStore(file, where, undefined, emptyIndex)
      throw new UsageError('LAYOUT_NOT_FOUND', `${where}: there is no file ${file}.`)
    }
    try {
      return new ArchiveStore(file, where, tar, parseIndex(await tar.readIndex(), `${where}, index.json`))
    } catch (error) {
      await tar.close()
      throw error
    }
  }

  async readIndex(): Promise<LayoutIndex> {
    return this.#index
  }

  async sizeOf(digest: Digest): Promise<number | undefined> {
    return this.#tar?.sizeOf(digest) ?? (await this.#added.sizeOf(digest))
  }

  read(digest: Digest): AsyncIterable<Uint8Array> {
    return this.#tar?.sizeOf(digest) === undefined ? this.#added.read(digest) : this.#tar.read(digest)
  }

  async write(content: Pick<Descriptor, 'digest' | 'size'>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#added.write(content, bytes)
  }

  changeIndex(change: (index: LayoutIndex) => Promise<LayoutIndex>): Promise<void> {
    return this.#changes.make(change)
  }

  /** Writes the tar, with what `reachable` says that the index leads to. */
  async finish(reachable: ReadonlySet<Digest>, signal: AbortSignal): Promise<void> {
    if (!this.#isChanged) return
    const file = await this.#added.temporary()
    await onDisk('written', this.#where, async () => {
      const tar = await TarWriter.create(file)
      try {
        for (const digest of [...reachable].toSorted()) {
          signal.throwIfAborted()
          const size = await this.sizeOf(digest)
          // Others leave layouts in which an index names what is not there.
          if (size === undefined) continue
          const bytes = verified(this.read(digest), {digest, size}, this.#where)
          await tar.add(`blobs/sha256/${digest.slice('sha256:'.length)}`, size, bytes)
        }
        const index = formatIndex(this.#index, `${this.#where}, index.json`)
        await tar.add('index.json', index.length, [index])
        await tar.add(layoutFile, layoutVersion.length, [Buffer.from(layoutVersion)])
        await tar.end()
      } finally {
        await tar.close()
      }
      // Windows replaces no file that is open.
      await this.#tar?.close()
      await rename(file, this.#file)
      await syncFolder(dirname(this.#file))
      this.#isChanged = false
      await rm(this.#added.root, {recursive: true, force: true})
    })
  }

  close(): void {
    void this.#tar?.close()
    this.#added.close()
  }
}
