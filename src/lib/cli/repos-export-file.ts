import {stat, writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {UsageError} from '../errors.ts'

/** Where an export goes. */
export interface ExportFile {
  /** As the user named it. */
  readonly file: string
  readonly cwd: string
  /** Whether what is there may be lost. */
  readonly overwrites: boolean
}

/**
 * Refuses before anything is read what could not be written after it.
 *
 * @throws {UsageError} FILE_EXISTS.
 */
export async function requireNew({file, cwd, overwrites}: ExportFile): Promise<void> {
  if (overwrites) return
  const isThere = await stat(resolve(cwd, file)).then(
    () => true,
    () => false,
  )
  if (isThere) throw exists(file)
}

/** @throws {UsageError} FILE_EXISTS, UNWRITABLE_FILE. */
export async function writeExport({file, cwd, overwrites}: ExportFile, text: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, file), text, {flag: overwrites ? 'w' : 'wx'})
  } catch (cause) {
    const {code = String(cause)} = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(file)
    throw new UsageError('UNWRITABLE_FILE', `${file} cannot be written: ${code}.`, {cause})
  }
}

function exists(file: string): UsageError {
  return new UsageError(
    'FILE_EXISTS',
    `${file} is there already. Name another one, or give --force to lose it.`,
  )
}
