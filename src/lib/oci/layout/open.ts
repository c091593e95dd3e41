import {UsageError} from '../../errors.ts'
import {oneLine} from '../one-line.ts'
import {isValidRepository} from '../reference.ts'
import {isReferrersTag} from '../referrers-tag.ts'
import {noTraffic, type Registry} from '../registry.ts'
import {ArchiveStore} from './archive-store.ts'
import {LayoutContents} from './contents.ts'
import {DirectoryStore} from './directory-store.ts'
import {LayoutFacts} from './facts.ts'
import {type Layout, LayoutRepository} from './layout-repository.ts'
import {type LayoutPlace, layoutPlace} from './names.ts'
import {LayoutReferrers} from './referrers.ts'
import type {LayoutStore} from './store.ts'

export interface LayoutOptions {
  /** Whether it will be written, and may be missing. */
  readonly isWritten: boolean
  readonly signal: AbortSignal
}

/**
 * Opens an OCI image layout as a registry, by `oci:PATH` or `oci-archive:FILE`. Writes nothing yet.
 *
 * @throws {UsageError} INVALID_LAYOUT, LAYOUT_NOT_FOUND, NOT_A_LAYOUT; {RefusalError} UNSUPPORTED_LAYOUT, INVALID_LAYOUT.
 */
export async function openLayout(host: string, {isWritten, signal}: LayoutOptions): Promise<Registry> {
  const store = await openStore(layoutPlace(host), isWritten)
  const traffic = noTraffic()
  const contents = new LayoutContents(store, host, traffic, signal)
  const registry: Registry = {
    host,
    traffic,
    repository(name) {
      if (isValidRepository(name)) return new LayoutRepository(layout, name)
      throw new UsageError('INVALID_REFERENCE', `"${oneLine(name, 140)}" is not a repository name.`)
    },
    describe: async names => new Map(names.map(name => [name, {tagMutability: 'unknown', exclusions: []}])),
    create: async () => undefined,
    repositories: () => repositoriesOf(store),
    ...(store.finish && {finish: async () => store.finish?.(await facts.reachable(), signal)}),
    close: () => store.close(),
  }
  const facts = new LayoutFacts(contents)
  const layout: Layout = {registry, contents, facts, referrers: new LayoutReferrers(contents, facts)}
  return registry
}

async function openStore({kind, path, host}: LayoutPlace, isWritten: boolean): Promise<LayoutStore> {
  if (kind === 'archive') return ArchiveStore.open(path, host, isWritten)
  const store = new DirectoryStore(path, host)
  await store.check(isWritten)
  return store
}

async function* repositoriesOf(store: LayoutStore): AsyncGenerator<string> {
  const {entries} = await store.readIndex()
  const names = entries.flatMap(entry => entry.names).filter(({tag}) => !isReferrersTag(tag))
  yield* new Set(names.map(({repository}) => repository))
}
