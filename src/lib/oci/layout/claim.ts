import {randomBytes} from 'node:crypto'
import {rmSync} from 'node:fs'
import {mkdir, readdir, rm} from 'node:fs/promises'
import {hostname} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'
import {TransientError} from '../../errors.ts'
import {makeFolder as makeFolders} from '../../plan/folders.ts'

/** The right to write into a folder, which one process has at a time. */
export interface Claim {
  /** For files on their way; on the file system of the folder, and gone with the claim. */
  readonly work: string
  release(): void
}

// Process, when it began, a random number, machine.
const pattern = /^\.gantry-(\d+)-(\d+)-[0-9a-f]{8}-(.+)$/

/** Whether a name is that of a claim: nothing of a layout. */
export function isClaim(name: string): boolean {
  return pattern.test(name)
}

/** Makes a folder with those above it, for whoever may read what it is in. */
export function makeFolder(folder: string): Promise<void> {
  return makeFolders(folder, one => mkdir(one))
}

/**
 * Claims a folder: makes an entry in it, then looks whether others have one, so that of two that come at the same time
 * none goes on alone. The entries of processes that died are removed, with what they left.
 *
 * @throws {TransientError} LAYOUT_BUSY.
 */
export async function claimFolder(folder: string, where: string): Promise<Claim> {
  const machine = hostname().replaceAll(/[^A-Za-z0-9.]/g, '_')
  const began = Math.round(performance.timeOrigin)
  const own = `.gantry-${process.pid}-${began}-${randomBytes(4).toString('hex')}-${machine}`
  const work = join(folder, own)
  await makeFolder(work)
  const release = () => rmSync(work, {recursive: true, force: true})
  try {
    for (const name of await readdir(folder)) {
      const [, pid, start, host] = pattern.exec(name) ?? []
      if (name === own || pid === undefined) continue
      if (host === machine && !isRunning(Number(pid), Number(start), began)) {
        await rm(join(folder, name), {recursive: true, force: true})
        continue
      }
      throw new TransientError(
        'LAYOUT_BUSY',
        `${where} is being written by process ${pid} on ${host}. Run again when that is done; if there is none, delete ${join(folder, name)}.`,
      )
    }
  } catch (error) {
    release()
    throw error
  }
  return {work, release}
}

/** A number is given to a new process when the old one is gone; our own then has another beginning. */
function isRunning(pid: number, start: number, began: number): boolean {
  if (pid === process.pid) return start === began
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
