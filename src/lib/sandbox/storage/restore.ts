import {UsageError} from '../../errors.ts'
import type {Key} from '../state/ledger.ts'
import type {ImageRecord, RepositorySettings} from '../state/repository.ts'
import type {Account, World} from '../state/world.ts'

/** Brings back one thing of a kind; its value is what the same kind was recorded with. */
type Restore = (world: World, key: Key, value: object) => void

// In the order in which one kind needs another.
const kinds: ReadonlyMap<string, Restore> = new Map<string, Restore>([
  ['account', (world, _, value) => world.putAccount(value as Account)],
  [
    'setting',
    (world, [, account = '', region = '', name = ''], value) =>
      world.putSetting(account, region, name, (value as {value: string}).value),
  ],
  [
    'repository',
    (world, [, account = '', region = '', name = ''], value) =>
      void world.createRepository({account, region, name}, value as RepositorySettings),
  ],
  [
    'layer',
    (world, key, value) => repositoryOf(world, key)?.addLayer(itemOf(key), (value as {size: number}).size),
  ],
  ['image', (world, key, value) => repositoryOf(world, key)?.addImage(value as ImageRecord)],
  [
    'tag',
    (world, key, value) => repositoryOf(world, key)?.setTag(itemOf(key), (value as {digest: string}).digest),
  ],
])

/**
 * Brings back what a journal has kept.
 *
 * @throws {UsageError} DATA_TOO_NEW.
 */
export function restoreAll(world: World, entries: Iterable<readonly [key: Key, value: object]>): void {
  const byKind = Map.groupBy(entries, ([[kind]]) => kind)
  const unknown = [...byKind.keys()].find(kind => !kinds.has(kind))
  if (unknown !== undefined) {
    throw new UsageError(
      'DATA_TOO_NEW',
      `The sandbox's data has a "${unknown}", which this version does not know. Use the version that wrote it.`,
    )
  }
  for (const [kind, restore] of kinds) {
    for (const [key, value] of byKind.get(kind) ?? []) restore(world, key, value)
  }
}

function repositoryOf(world: World, [, account = '', region = '', name = '']: Key) {
  return world.repository({account, region, name})
}

function itemOf([, , , , item = '']: Key): string {
  return item
}
