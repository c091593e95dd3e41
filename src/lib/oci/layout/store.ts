import {createHash} from 'node:crypto'
import {FailureError, GantryError, RefusalError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import type {LayoutIndex} from './index-file.ts'

/** The files of a layout: content by its digest, and the index that says what it is. */
export interface LayoutStore {
  /** As it is now; empty where there is no layout yet. */
  readIndex(): Promise<LayoutIndex>
  /** Bytes of the content; undefined when it is not there. */
  sizeOf(digest: Digest): Promise<number | undefined>
  /** The bytes that are stored under this digest, whatever they are. @throws {FailureError} CONTENT_NOT_FOUND. */
  read(digest: Digest): AsyncIterable<Uint8Array>
  /** Stores content; it is there when all of it is, with the right digest, and on the disk. */
  write(content: Pick<Descriptor, 'digest' | 'size'>, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** Replaces the index by what `change` makes of it as it is then, all at once. Changes come one after the other. */
  changeIndex(change: (index: LayoutIndex) => Promise<LayoutIndex>): Promise<void>
  /** Makes one file of what is `reachable` from the index. Absent where what is stored is there already. */
  finish?(reachable: ReadonlySet<Digest>, signal: AbortSignal): Promise<void>
  close(): void
}

/**
 * Lets bytes through that are what the descriptor says: the last of them only when the whole has the right digest.
 *
 * @param where what they come from, for messages.
 * @throws {RefusalError} WRONG_BLOB.
 */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  {digest, size}: Pick<Descriptor, 'digest' | 'size'>,
  where: string,
): AsyncGenerator<Uint8Array, void> {
  const wrong = (problem: string) =>
    new RefusalError('WRONG_BLOB', `${digest}: ${problem}. Do not use ${where} until this is explained.`)
  const hash = createHash('sha256')
  const verify = () => {
    const actual = `sha256:${hash.digest('hex')}`
    if (actual !== digest) throw wrong(`the content has the digest ${actual}`)
  }
  let received = 0
  for await (const chunk of bytes) {
    received += chunk.length
    if (received > size) throw wrong(`expected ${size} bytes, there are more`)
    hash.update(chunk)
    if (received === size) verify()
    yield chunk
  }
  if (received < size) throw wrong(`expected ${size} bytes, there are ${received}`)
  if (size === 0) verify()
}

/** @throws what `act` throws; the file system's errors as {FailureError} LAYOUT_UNREADABLE, LAYOUT_UNWRITABLE. */
export async function onDisk<Result>(
  doing: 'read' | 'written',
  where: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    throw diskError(doing, where, error)
  }
}

export function diskError(doing: 'read' | 'written', where: string, error: unknown): unknown {
  const {code, syscall} = error as NodeJS.ErrnoException
  if (error instanceof GantryError || syscall === undefined) return error
  return new FailureError(
    doing === 'read' ? 'LAYOUT_UNREADABLE' : 'LAYOUT_UNWRITABLE',
    `${where} cannot be ${doing}: ${code}.`,
    {cause: error},
  )
}
