import {randomBytes} from 'node:crypto'
import {chmod, mkdir, open, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {UsageError} from '../../errors.ts'
import {MemoryContent} from '../state/content.ts'
import {Store, StoreError} from '../state/store.ts'
import {World} from '../state/world.ts'
import {DiskContent} from './disk-content.ts'

export interface Storage {
  readonly world: World
  /** Key of everything that the sandbox seals. */
  readonly secret: Uint8Array
  /** Lets another sandbox have the directory. */
  readonly close: () => Promise<void>
}

/**
 * The world as it was left in `directory`; without one, a new world in memory.
 *
 * @throws {UsageError} NOT_SANDBOX_DATA, DATA_IN_USE, DATA_DAMAGED, DATA_TOO_NEW.
 */
export async function openStorage(directory: string | undefined): Promise<Storage> {
  if (directory === undefined) {
    const world = new World(new MemoryContent(), new Store(undefined))
    return {world, secret: randomBytes(32), close: () => world.close()}
  }
  await mkdir(directory, {recursive: true, mode: 0o700})
  await requireOurs(directory)
  await ownersOnly(join(directory, file))
  const store = openStore(directory)
  const content = new DiskContent(directory)
  await content.discardIncoming()
  const world = new World(content, store)
  const secret = secretOf(store)
  const sweeping = new AbortController()
  // What cannot be swept costs room and nothing else.
  const swept = store.has(openKey)
    ? world.holdings.sweep(sweeping.signal).catch(() => undefined)
    : Promise.resolve()
  store.set(openKey, true)
  await store.commit()
  const close = async () => {
    sweeping.abort()
    await swept
    store.delete(openKey)
    await world.close()
  }
  return {world, secret, close}
}

const file = 'sandbox.db'
// There while a sandbox runs: one that finds it knows that the last one crashed.
const openKey = ['open']

/** Nothing of anyone else's is touched: the directory is empty, or a sandbox's. */
async function requireOurs(directory: string): Promise<void> {
  const names = await readdir(directory)
  if (names.length === 0 || names.includes(file)) return
  throw new UsageError(
    'NOT_SANDBOX_DATA',
    `${directory} is not empty and not a sandbox's. Use an empty directory, or one that a sandbox made.`,
  )
}

/**
 * Before SQLite opens it: its journal takes the permissions that the file has then. There are secrets in both. A file
 * that is there is not opened, as closing it would end the locks that this process has on it.
 */
async function ownersOnly(path: string): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600)
    await handle.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await chmod(path, 0o600)
  }
}

function openStore(directory: string): Store {
  const path = join(directory, file)
  try {
    return new Store(path)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const [code, problem] = problems[error.reason]
    throw new UsageError(code, `${path} ${problem}`, {cause: error})
  }
}

const problems: Readonly<Record<StoreError['reason'], readonly [code: string, problem: string]>> = {
  'in-use': ['DATA_IN_USE', 'is in use by another sandbox. Stop that one, or use another directory.'],
  damaged: [
    'DATA_DAMAGED',
    'is not what the sandbox wrote. Start with an empty directory, or restore a copy.',
  ],
  foreign: ['NOT_SANDBOX_DATA', "is not a sandbox's. Use an empty directory, or one that a sandbox made."],
  'too-new': ['DATA_TOO_NEW', 'was written by a later version of the sandbox. Use that version.'],
}

function secretOf(store: Store): Uint8Array {
  const known = store.get(['secret']) as string | undefined
  const secret = known === undefined ? randomBytes(32) : Buffer.from(known, 'hex')
  store.set(['secret'], secret.toString('hex'))
  return secret
}
