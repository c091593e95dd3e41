import {createReadStream, existsSync} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {createInterface} from 'node:readline'
import {UsageError} from '../../errors.ts'
import type {Key, Ledger} from '../state/ledger.ts'
import {moveInto} from './files.ts'

/**
 * A ledger in a file: one line for each change, `[key, value]` or `[key]` for what is forgotten. Changes that are flushed
 * together share one write and one sync.
 */
export class Journal implements Ledger {
  #path: string
  #handle: FileHandle
  #pending: string[] = []
  #size = 0
  #last: Promise<void> = Promise.resolve()

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /** Makes a new, empty journal. */
  static async create(path: string): Promise<Journal> {
    return new Journal(path, await open(path, 'w', 0o600))
  }

  record(key: Key, value: object | undefined): void {
    this.#pending.push(`${JSON.stringify(value === undefined ? [key] : [key, value])}\n`)
  }

  flush(): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(() => this.#write())
    return this.#last
  }

  /** Takes the place of another journal, at once. */
  async replace(path: string): Promise<void> {
    await this.flush()
    await this.#handle.close()
    await moveInto(this.#path, path)
    this.#path = path
    this.#handle = await open(path, 'r+')
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#handle.close()
  }

  // After a failed write the same lines go to the same place again, over what there is of them.
  async #write(): Promise<void> {
    const lines = this.#pending.length
    if (lines === 0) return
    const bytes = Buffer.from(this.#pending.join(''))
    let written = 0
    while (written < bytes.length) {
      written += (await this.#handle.write(bytes, written, bytes.length - written, this.#size + written))
        .bytesWritten
    }
    await this.#handle.datasync()
    this.#size += bytes.length
    this.#pending.splice(0, lines)
  }
}

/**
 * What a journal says in the end. A last line that a crash cut off is dropped.
 *
 * @throws {UsageError} DATA_DAMAGED, naming the line.
 */
export async function readJournal(
  path: string,
): Promise<ReadonlyMap<string, readonly [key: Key, value: object]>> {
  const entries = new Map<string, readonly [Key, object]>()
  let number = 0
  let damaged: number | undefined
  for await (const line of linesOf(path)) {
    number += 1
    if (damaged !== undefined) throw damage(path, damaged)
    const entry = parseLine(line)
    if (entry === undefined) {
      damaged = number
      continue
    }
    const [key, value] = entry
    const name = JSON.stringify(key)
    if (value === undefined) entries.delete(name)
    else entries.set(name, [key, value])
  }
  return entries
}

async function* linesOf(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) return
  yield* createInterface({input: createReadStream(path), crlfDelay: Infinity})
}

function parseLine(line: string): readonly [Key, object?] | undefined {
  try {
    const entry: unknown = JSON.parse(line)
    return Array.isArray(entry) && Array.isArray(entry[0]) ? (entry as unknown as [Key, object?]) : undefined
  } catch {
    return undefined
  }
}

function damage(path: string, line: number): UsageError {
  return new UsageError(
    'DATA_DAMAGED',
    `${path}:${line} is not what the sandbox wrote. Start with an empty directory, or restore a copy.`,
  )
}
