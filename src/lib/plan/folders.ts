import {mkdir} from 'node:fs/promises'
import {dirname} from 'node:path'

type MakeOne = (folder: string, options: {mode: number}) => Promise<unknown>

/**
 * Makes a folder and those above it that are missing, for their owner alone. One step for each part of the path:
 * Node's own `recursive` never ends below a folder that says "no such file" to whatever is made in it, as /proc does.
 *
 * @param makeOne makes one folder, as `mkdir` of Node does.
 * @throws {NodeJS.ErrnoException} of the folder that cannot be made.
 */
export async function makeFolder(folder: string, makeOne: MakeOne = mkdir): Promise<void> {
  const missing: string[] = []
  let path = folder
  while (!(await exists(path, makeOne)) && dirname(path) !== path) {
    missing.push(path)
    path = dirname(path)
  }
  for (const each of missing.toReversed()) {
    if (!(await exists(each, makeOne)))
      throw Object.assign(new Error(`${each} cannot be made`), {code: 'ENOENT', syscall: 'mkdir'})
  }
}

/** Whether the folder is there, now that it was made if that is possible; false when what is above it is missing. */
async function exists(folder: string, makeOne: MakeOne): Promise<boolean> {
  try {
    await makeOne(folder, {mode: 0o700})
    return true
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return true
    if (code === 'ENOENT') return false
    throw error
  }
}
