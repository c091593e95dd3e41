import {type FileHandle, open} from 'node:fs/promises'
import {dirname} from 'node:path'
import {FailureError, UsageError} from '../errors.ts'
import {canonicalJson, type Json} from './canonical.ts'
import {makeFolder} from './folders.ts'

/** An append-only record of a run: one JSON document a line. The registry is the truth; the journal proves history. */
export interface Journal {
  readonly file: string
  /** Resolves when the entry is on the disk. Entries that come while the disk is busy share one flush. */
  write(entry: JournalEntry): Promise<void>
  /** Adds an entry that is on the disk when the next {@link write} resolves, and in the file at once. */
  note(entry: JournalEntry): void
  close(): Promise<void>
}

export type JournalEntry = {readonly [key: string]: Json | undefined}

/**
 * Starts a journal in a new file, readable by its owner alone.
 *
 * @throws {UsageError} JOURNAL_EXISTS, JOURNAL_UNWRITABLE: the file is there already or cannot be made.
 * `write`, `note` and `close` throw {FailureError} JOURNAL_FAILED when the disk is full or gone, also when that was met at an entry
 * before: nothing more may be changed then.
 */
export async function openJournal(file: string): Promise<Journal> {
  const handle = await create(file)
  let lines = ''
  let isSyncDue = false
  let last = Promise.resolve()
  let next: Promise<void> | undefined
  let failure: FailureError | undefined

  async function flush(): Promise<void> {
    const [batch, isSynced] = [lines, isSyncDue]
    lines = ''
    isSyncDue = false
    next = undefined
    try {
      await handle.appendFile(batch)
      if (isSynced) await handle.datasync()
    } catch (cause) {
      const why = `${file} cannot be written: ${reasonOf(cause)}. Nothing more was changed.`
      failure = new FailureError('JOURNAL_FAILED', why, {cause})
      throw failure
    }
  }

  function add(entry: JournalEntry, isSynced: boolean): Promise<void> {
    lines += `${canonicalJson(entry)}\n`
    isSyncDue ||= isSynced
    if (next === undefined) {
      // After a failure nothing is flushed any more: all that comes fails as it did.
      next = last.then(flush)
      next.catch(() => undefined)
      last = next
    }
    return next
  }

  return {
    file,
    write: entry => add(entry, true),
    note(entry) {
      if (failure !== undefined) throw failure
      void add(entry, false)
    },
    async close() {
      try {
        await last
      } finally {
        await handle.close()
      }
    },
  }
}

async function create(file: string): Promise<FileHandle> {
  try {
    await makeFolder(dirname(file))
    const handle = await open(file, 'ax', 0o600)
    await syncFolder(dirname(file))
    return handle
  } catch (cause) {
    const {code, syscall} = cause as NodeJS.ErrnoException
    if (code === 'EEXIST' && syscall === 'open') {
      throw new UsageError(
        'JOURNAL_EXISTS',
        `${file} exists already; a record is never overwritten. Name another file.`,
        {cause},
      )
    }
    throw new UsageError(
      'JOURNAL_UNWRITABLE',
      `${file} cannot be written: ${reasonOf(cause)}. Say where the record may be: --record FILE.`,
      {cause},
    )
  }
}

/** A file that is on the disk while its name is not would be gone after a power cut. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch {
    // Windows and some file systems of networks know no such thing; the lines are safe from a killed process without it.
  } finally {
    await handle?.close()
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
