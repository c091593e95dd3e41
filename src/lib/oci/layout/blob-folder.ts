import {randomBytes} from 'node:crypto'
import {constants} from 'node:fs'
import {lstat, open, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {FailureError, RefusalError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import {type Claim, claimFolder, makeFolder} from './claim.ts'
import {diskError, onDisk, verified} from './store.ts'

const chunkBytes = 256 * 1024

/** The `blobs/sha256` of a folder. Claimed when the first is written, until it is closed. */
export class BlobFolder {
  readonly root: string
  readonly where: string
  #claim: Promise<Claim> | undefined
  #held: Claim | undefined

  /** @param where how messages call it. */
  constructor(root: string, where: string) {
    this.root = root
    this.where = where
  }

  async sizeOf(digest: Digest): Promise<number | undefined> {
    return (await onDisk('read', this.where, () => regularFile(this.#pathOf(digest), this.where)))?.size
  }

  async *read(digest: Digest): AsyncGenerator<Uint8Array, void> {
    const path = this.#pathOf(digest)
    if ((await this.sizeOf(digest)) === undefined) throw notFound(digest, this.where)
    try {
      yield* readFile(path)
    } catch (error) {
      throw diskError('read', this.where, error)
    }
  }

  /** Under a name of its own until it is complete and on the disk. */
  async write(content: Pick<Descriptor, 'digest' | 'size'>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await this.temporary()
    const handle = await onDisk('written', this.where, () => open(file, 'wx', 0o644))
    try {
      for await (const chunk of verified(bytes, content, 'what it comes from'))
        await onDisk('written', this.where, () => handle.writeFile(chunk))
      await onDisk('written', this.where, () => handle.datasync())
    } finally {
      await handle.close()
    }
    await onDisk('written', this.where, () => rename(file, this.#pathOf(content.digest)))
  }

  /** Path of a file that is not there yet, gone when the folder is closed. */
  async temporary(): Promise<string> {
    const {work} = await this.claim()
    return join(work, randomBytes(8).toString('hex'))
  }

  /** @throws {TransientError} LAYOUT_BUSY. */
  claim(): Promise<Claim> {
    this.#claim ??= onDisk('written', this.where, async () => {
      await makeFolder(this.root)
      const claim = await claimFolder(this.root, this.where)
      this.#held = claim
      await makeFolder(this.folder)
      return claim
    })
    return this.#claim
  }

  get folder(): string {
    return join(this.root, 'blobs', 'sha256')
  }

  close(): void {
    this.#held?.release()
  }

  #pathOf(digest: Digest): string {
    return join(this.folder, digest.slice('sha256:'.length))
  }
}

/** A file; undefined when there is none. @throws {RefusalError} INVALID_LAYOUT for a link or anything else. */
export async function regularFile(
  path: string,
  where: string,
): Promise<{size: number; key: string} | undefined> {
  const stats = await statsOf(path)
  if (stats === undefined) return undefined
  if (!stats.isFile()) {
    throw new RefusalError(
      'INVALID_LAYOUT',
      `${where}: ${path} is ${stats.isSymbolicLink() ? 'a link' : 'no file'}. Only files are read; copy the layout with its links resolved.`,
    )
  }
  return {size: Number(stats.size), key: `${stats.ino} ${stats.size} ${stats.mtimeNs}`}
}

export async function statsOf(path: string) {
  return lstat(path, {bigint: true}).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
}

/** The bytes of a file, which is not followed if it became a link by now. */
export async function* readFile(path: string): AsyncGenerator<Uint8Array, void> {
  // Windows knows no such flag (it is undefined there), and makes links for few.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    yield* handle.createReadStream({highWaterMark: chunkBytes, autoClose: false}) as AsyncIterable<Uint8Array>
  } finally {
    await handle.close()
  }
}

export function notFound(digest: Digest, where: string): FailureError {
  return new FailureError('CONTENT_NOT_FOUND', `${where} does not have ${digest}: the layout is incomplete.`)
}
