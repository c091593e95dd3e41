import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import {UsageError} from '../../errors.ts'

/**
 * Keeps other processes from the directory. A lock whose process is gone counts for nothing, so that a crash needs no
 * cleaning up.
 *
 * @returns what lets go of it.
 * @throws {UsageError} DATA_IN_USE.
 */
export async function lock(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock')
  // Two processes can have the same id one after the other, as in containers, but not the same start.
  const holder = {pid: process.pid, startedAt: performance.timeOrigin}
  try {
    await writeFile(path, JSON.stringify(holder), {flag: 'wx'})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const other = await readHolder(path)
    if (other !== undefined && isAlive(other, holder)) {
      throw new UsageError(
        'DATA_IN_USE',
        `${directory} is in use by process ${other.pid}. Stop that sandbox, or use another directory.`,
      )
    }
    await rm(path, {force: true})
    return lock(directory)
  }
  return () => rm(path, {force: true})
}

interface Holder {
  readonly pid: number
  readonly startedAt: number
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive(other: Holder, own: Holder): boolean {
  if (other.pid === own.pid) return other.startedAt === own.startedAt
  try {
    return process.kill(other.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
