import {randomBytes} from 'node:crypto'
import {mkdir, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {UsageError} from '../../errors.ts'
import {MemoryContent} from '../state/content.ts'
import {noLedger} from '../state/ledger.ts'
import {World} from '../state/world.ts'
import {DiskContent} from './disk-content.ts'
import {replaceFile} from './files.ts'
import {Journal, readJournal} from './journal.ts'
import {lock} from './lock.ts'
import {restoreAll} from './restore.ts'

export interface Storage {
  readonly world: World
  /** Key of everything that the sandbox seals. */
  readonly secret: Uint8Array
  /** Lets another sandbox have the directory. */
  readonly release: () => Promise<void>
}

/**
 * The world as it was left in `directory`; without one, a new world in memory.
 *
 * @throws {UsageError} NOT_SANDBOX_DATA, DATA_IN_USE, DATA_DAMAGED, DATA_TOO_NEW.
 */
export async function openStorage(directory: string | undefined): Promise<Storage> {
  if (directory === undefined) {
    const world = new World(new MemoryContent(), noLedger)
    return {world, secret: randomBytes(32), release: () => Promise.resolve()}
  }
  await mkdir(directory, {recursive: true, mode: 0o700})
  await requireOurs(directory)
  const release = await lock(directory)
  try {
    const secret = await openSecret(directory)
    return {world: await openWorld(directory), secret, release}
  } catch (error) {
    await release()
    throw error
  }
}

async function openWorld(directory: string): Promise<World> {
  const path = join(directory, 'journal.jsonl')
  const entries = await readJournal(path)
  const content = new DiskContent(directory)
  // What is brought back is recorded anew: the new journal has no history.
  const journal = await Journal.create(`${path}.new`)
  const world = new World(content, journal)
  try {
    restoreAll(world, entries.values())
    await journal.replace(path)
    await content.discardIncoming()
    await content.retain(world.contents())
    return world
  } catch (error) {
    await world.close()
    throw error
  }
}

const identityFile = 'sandbox.json'
// What a crash at the very first start can leave alone.
const early = new Set(['lock', `${identityFile}.new`])

/** Nothing of anyone else's is touched: the directory is empty, or a sandbox's. */
async function requireOurs(directory: string): Promise<void> {
  const names = await readdir(directory)
  if (names.includes(identityFile) || names.every(name => early.has(name))) return
  throw new UsageError(
    'NOT_SANDBOX_DATA',
    `${directory} is not empty and not a sandbox's. Use an empty directory, or one that a sandbox made.`,
  )
}

async function openSecret(directory: string): Promise<Uint8Array> {
  const path = join(directory, identityFile)
  try {
    const {secret} = JSON.parse(await readFile(path, 'utf8')) as {secret: string}
    return Buffer.from(secret, 'hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = randomBytes(32)
  await replaceFile(path, `${JSON.stringify({format: 1, secret: secret.toString('hex')})}\n`)
  return secret
}
