import {existsSync} from 'node:fs'
import {mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {DatabaseSync} from 'node:sqlite'
import {setTimeout} from 'node:timers/promises'
import {execa} from 'execa'

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'gantry-peers')

/** Makes the content of an empty folder. */
type Build = (folder: string) => Promise<void>

/**
 * The folder of a tool that is built on this machine, as long as the dependencies are installed: built by the first who
 * asks, while others wait, in this process or another.
 *
 * @param name with the version, because what is built stays.
 * @returns undefined, after a line on stderr, when it cannot be built here.
 */
export async function builtTool(name: string, build: Build): Promise<string | undefined> {
  const folder = join(cache, name.replaceAll(/[^\w@.-]+/g, '_'))
  const stamp = join(folder, '.complete')
  if (existsSync(stamp)) return folder
  const unlock = await lock(`${folder}.lock`)
  try {
    if (existsSync(stamp)) return folder
    await rm(folder, {recursive: true, force: true})
    await mkdir(folder)
    await build(folder)
    await writeFile(stamp, '')
    return folder
  } catch (error) {
    process.stderr.write(`${name} is not to be had here: ${lastLine(error)}\n`)
    return undefined
  } finally {
    unlock()
  }
}

/** Runs a program that builds others, with the caches and the settings of this machine's user. */
export async function buildWith(
  program: string,
  args: readonly string[],
  options: {readonly cwd?: string; readonly env?: Readonly<Record<string, string>>} = {},
): Promise<void> {
  await execa(program, args, {...options, timeout: 600_000, stdin: 'ignore'})
}

/** SQLite's lock of a file ends with the process that holds it, however that ends. */
async function lock(path: string): Promise<() => void> {
  await mkdir(dirname(path), {recursive: true})
  const database = new DatabaseSync(path, {timeout: 0})
  while (!isLocked(database)) await setTimeout(200)
  return () => database.close()
}

function isLocked(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && error.message.includes('locked')) return false
    throw error
  }
}

function lastLine(error: unknown): string {
  return String(error).trim().split('\n').at(-1) ?? ''
}
