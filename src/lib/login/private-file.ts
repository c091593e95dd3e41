import {randomBytes} from 'node:crypto'
import {lstat, mkdir, open, readFile, rename, rm} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {UsageError} from '../errors.ts'

/**
 * Files that hold credentials: read and replaced only when they are plain files of the user's own, always written with
 * mode 0600 beside the old one and renamed over it. Windows has no such modes and owners; there the user profile's
 * access rights hold.
 */

const largest = 8 * 1024 * 1024

/** The file's text; undefined when there is none. Throws `UsageError` for a link, a foreign owner, no plain file. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw unusable(path, `cannot be read (${errorCode(error)})`, error)
  })
  if (found === undefined) return undefined
  if (found.isSymbolicLink()) throw unusable(path, 'is a symbolic link')
  if (!found.isFile()) throw unusable(path, 'is not a file')
  if (isForeign(found.uid)) throw unusable(path, 'belongs to another user')
  if (found.size > largest) throw unusable(path, 'is larger than 8 MiB')
  return await readFile(path, 'utf8').catch((error: unknown) => {
    throw unusable(path, `cannot be read (${errorCode(error)})`, error)
  })
}

/** Puts `text` in the place of the file in one step, mode 0600; makes its folder (0700) when that is missing. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const folder = dirname(resolve(path))
  const draft = resolve(folder, `.gantry-${randomBytes(8).toString('hex')}.tmp`)
  try {
    await mkdir(folder, {recursive: true, mode: 0o700})
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, {force: true}).catch(() => undefined)
    throw unusable(path, `cannot be written (${errorCode(error)})`, error)
  }
}

function isForeign(uid: number): boolean {
  const own = process.getuid?.()
  return own !== undefined && uid !== own
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}

function unusable(path: string, why: string, cause?: unknown): UsageError {
  const message = `${path} ${why}. Credentials are not written there; name another file.`
  return new UsageError('AUTH_FILE_UNUSABLE', message, {cause})
}
