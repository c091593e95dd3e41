import {DatabaseSync, type StatementSync} from 'node:sqlite'

/** Names one fact of the sandbox's state, for example `['tag', account, region, repository, tag]`. */
export type Key = readonly string[]

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
  readonly #durable: boolean
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
    this.#durable = path !== undefined
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

  get<T>(key: Key): T | undefined {
    const row = this.#get.get(nameOf(key))
    return row === undefined ? undefined : (JSON.parse(row['value'] as string) as T)
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

  /** What is below `prefix`, by the next part of its key, from `from` on. Changes meanwhile are seen or not. */
  *below<T>(prefix: Key, from = ''): Generator<readonly [item: string, value: T]> {
    const start = `${nameOf(prefix)}${separator}`
    const end = endOf(prefix)
    // Small at first: most who ask want one, or a page.
    let size = 16
    let next = `${start}${escape(from)}`
    for (;;) {
      const rows = this.#page.all(next, end, size) as unknown as readonly {key: string; value: string}[]
      for (const {key, value} of rows) yield [unescape(key.slice(start.length)), JSON.parse(value) as T]
      const last = rows.at(-1)
      if (last === undefined || rows.length < size) return
      next = `${last.key}\u0000`
      size = 256
    }
  }

  /** The parts of keys that come next after `prefix`, each once, in order. */
  *parts(prefix: Key): Generator<string> {
    const start = `${nameOf(prefix)}${separator}`
    let next = start
    for (;;) {
      const [row] = this.#page.all(next, endOf(prefix), 1)
      if (row === undefined) return
      const [part = ''] = (row['key'] as string).slice(start.length).split(separator)
      yield unescape(part)
      next = `${start}${part}${beyondSeparator}`
    }
  }

  /** Forgets all that is below `prefix`. */
  clear(prefix: Key): void {
    this.#change()
    this.#clear.run(`${nameOf(prefix)}${separator}`, endOf(prefix))
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
    if (this.#durable) this.#database.exec('BEGIN')
    this.#changed = true
  }

  // A disk that is full leaves the state as it was when it was last written.
  #commitNow(): void {
    if (!this.#changed) return
    this.#changed = false
    try {
      if (this.#durable) this.#database.exec('COMMIT')
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

// Parts of a key are kept apart by a character that none of them has any more.
const separator = '\u0001'
const beyondSeparator = '\u0002'
const escapes = ['\u0002a', '\u0002b', '\u0002c']

function nameOf(key: Key): string {
  return key.map(escape).join(separator)
}

function endOf(prefix: Key): string {
  return `${nameOf(prefix)}${beyondSeparator}`
}

function escape(part: string): string {
  return /[\u0000-\u0002]/.test(part)
    ? [...part].map(character => escapes[character.charCodeAt(0)] ?? character).join('')
    : part
}

function unescape(part: string): string {
  return part.replaceAll(/\u0002([abc])/g, (_, letter: string) =>
    String.fromCharCode(letter.charCodeAt(0) - 97),
  )
}
