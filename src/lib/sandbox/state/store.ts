import {DatabaseSync, type StatementSync} from 'node:sqlite'
import {type Key, nameOf, nextPart, rangeBelow} from './key.ts'

const applicationId = 0x45435253
const format = 1

/** Why a file is not a store that can be used. */
export class StoreError extends Error {
  readonly reason: 'in-use' | 'damaged' | 'foreign' | 'too-new'

  constructor(reason: StoreError['reason'], cause?: unknown) {
    super(reason, {cause})
    this.reason = reason
  }
}

/**
 * Everything that the sandbox keeps: JSON values by key, in the order of the keys. In a SQLite file it survives a crash;
 * one process at a time has it. A prefix of the changes is always a state that could have been, so changes of several
 * requests may share a commit.
 */
export class Store {
  readonly #database: DatabaseSync
  readonly #get: StatementSync
  readonly #set: StatementSync
  readonly #delete: StatementSync
  readonly #page: StatementSync
  readonly #clear: StatementSync
  readonly #committed: (() => void)[] = []
  #changed = false
  #committing: Promise<void> | undefined

  /**
   * @param path of the file; undefined for a store in memory.
   * @throws {StoreError} when the file is another's, in use, or damaged.
   */
  constructor(path: string | undefined) {
    this.#database = path === undefined ? new DatabaseSync(':memory:') : openFile(path)
    const database = this.#database
    database.exec(
      'CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
    )
    this.#get = database.prepare('SELECT value FROM entry WHERE key = ?')
    this.#set = database.prepare(
      'INSERT INTO entry VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    this.#delete = database.prepare('DELETE FROM entry WHERE key = ?')
    this.#page = database.prepare(
      'SELECT key, value FROM entry WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
    )
    this.#clear = database.prepare('DELETE FROM entry WHERE key >= ? AND key < ?')
  }

  get(key: Key): unknown {
    const row = this.#get.get(nameOf(key))
    return row === undefined ? undefined : JSON.parse(row['value'] as string)
  }

  has(key: Key): boolean {
    return this.#get.get(nameOf(key)) !== undefined
  }

  set(key: Key, value: unknown): void {
    this.#change()
    this.#set.run(nameOf(key), JSON.stringify(value))
  }

  /** Whether there was anything to forget. */
  delete(key: Key): boolean {
    this.#change()
    return Number(this.#delete.run(nameOf(key)).changes) > 0
  }

  /** What is right below `prefix`, by the last part of its key, from `from` on. Changes meanwhile are seen or not. */
  *below(prefix: Key, from = ''): Generator<readonly [item: string, value: unknown]> {
    let {start, end} = rangeBelow(prefix, from)
    // Small at first: most who ask want one, or a page.
    for (let size = 16; ; size = 256) {
      const rows = this.#page.all(start, end, size) as unknown as readonly {key: string; value: string}[]
      for (const {key, value} of rows) yield [nextPart(prefix, key).part, JSON.parse(value)]
      const last = rows.at(-1)
      if (last === undefined || rows.length < size) return
      start = `${last.key}\u0000`
    }
  }

  /** The parts of keys that come next after `prefix`, each once, in order. */
  *parts(prefix: Key): Generator<string> {
    let {start, end} = rangeBelow(prefix)
    for (;;) {
      const [row] = this.#page.all(start, end, 1)
      if (row === undefined) return
      const {part, after} = nextPart(prefix, row['key'] as string)
      yield part
      start = after
    }
  }

  /** Forgets all that is below `prefix`. */
  clear(prefix: Key): void {
    this.#change()
    const {start, end} = rangeBelow(prefix)
    this.#clear.run(start, end)
  }

  /** Forgets everything. */
  clearAll(): void {
    this.#change()
    this.#database.exec('DELETE FROM entry')
  }

  /** Done when every change so far survives a crash. */
  commit(): Promise<void> {
    if (!this.#changed) return this.#committing ?? Promise.resolve()
    // Requests that end in the same turn share one write to the disk.
    this.#committing ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#committing = undefined
        try {
          this.#commitNow()
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    return this.#committing
  }

  /** Calls `listener` each time that changes have become durable, before anything else happens. */
  onCommit(listener: () => void): void {
    this.#committed.push(listener)
  }

  close(): void {
    this.#commitNow()
    this.#database.close()
  }

  #change(): void {
    if (this.#changed) return
    // In memory, too: there a transaction takes the longer the more there is, and each change would be one.
    this.#database.exec('BEGIN')
    this.#changed = true
  }

  // A disk that is full leaves the state as it was when it was last written.
  #commitNow(): void {
    if (!this.#changed) return
    this.#changed = false
    try {
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw error
    }
    for (const listener of this.#committed) listener()
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // Some failures roll back by themselves.
    }
  }
}

function openFile(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path)
    try {
      // The lock is the operating system's: it goes with the process, however that ends.
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      database.exec('BEGIN IMMEDIATE')
      const [owner, version] = [pragma(database, 'application_id'), pragma(database, 'user_version')]
      if (owner !== applicationId && !isEmpty(database)) throw new StoreError('foreign')
      if (version > format) throw new StoreError('too-new')
      database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format}; COMMIT`)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    const {errcode} = error as {errcode?: number}
    if (errcode === undefined) throw error
    const {busy, locked, corrupt, notADatabase} = resultCodes
    // The low byte is the kind of error, the rest its particulars.
    const code = errcode & 0xff
    if (code === busy || code === locked) throw new StoreError('in-use', error)
    if (code === corrupt || code === notADatabase) throw new StoreError('damaged', error)
    throw error
  }
}

// https://www.sqlite.org/rescode.html
const resultCodes = {busy: 5, locked: 6, corrupt: 11, notADatabase: 26}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0)
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
}
