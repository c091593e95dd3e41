import {type FileHandle, open} from 'node:fs/promises'
import {dirname} from 'node:path'
import {FailureError, UsageError} from '../errors.ts'
import {canonicalJson, type Json} from './canonical.ts'
import {makeFolder} from './folders.ts'

/** An append-only record of a run: one JSON document a line. The registry is the truth; the journal proves history. */
export interface Journal {
  readonly file: string
  /** Resolves when the entry is on the disk. Entries that come while the disk is busy share one flush. */
  write(entry: {readonly [key: string]: Json | undefined}): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a journal in a new file, readable by its owner alone.
 *
 * @throws {UsageError} JOURNAL_EXISTS, JOURNAL_UNWRITABLE: the file is there already or cannot be made.
 * `write` throws {FailureError} JOURNAL_FAILED when the disk is full or gone: nothing more may be changed then.
 */
export async function openJournal(file: string): Promise<Journal> {
  const handle = await create(file)
  let pending: {line: string; written: () => void; failed: (error: unknown) => void}[] = []
  let flushing: Promise<void> | undefined

  async function flush(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending
      pending = []
      try {
        await handle.appendFile(batch.map(({line}) => line).join(''))
        await handle.datasync()
        for (const {written} of batch) written()
      } catch (cause) {
        const error = new FailureError(
          'JOURNAL_FAILED',
          `${file} cannot be written: ${reasonOf(cause)}. Nothing more was changed.`,
          {cause},
        )
        for (const {failed} of batch) failed(error)
      }
    }
    flushing = undefined
  }

  return {
    file,
    write: entry =>
      new Promise((written, failed) => {
        pending.push({line: `${canonicalJson(entry)}\n`, written, failed})
        flushing ??= flush()
      }),
    async close() {
      await flushing
      await handle.close()
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
