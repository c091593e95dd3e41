import {open, rename} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Makes renames and new names in a directory survive a crash, where the platform can. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows can't open a directory as a file, and orders renames by itself.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Renames a file whose bytes are on disk already, so that a crash leaves the old or the new. */
export async function moveInto(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncDirectory(dirname(to))
}

/** Replaces a small file at once, or not at all. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await moveInto(`${path}.new`, path)
}
