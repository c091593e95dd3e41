import {BugError, GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import type {RegistryContext} from '../../oci/registry.ts'
import {readContents} from './contents.ts'
import type {ImageRecord, InventorySource, RepositoryInventory, UnreadableRepository} from './model.ts'
import {previewPolicy} from './preview.ts'
import {readImages} from './read-images.ts'
import type {MeantRepository, OpenRegistries} from './registries.ts'

/** Repositories that are read ahead of the one that is asked for; each of them is held in memory. */
const readAhead = 4

type Item = RepositoryInventory | UnreadableRepository

/**
 * What registries know of the repositories that are meant, asked for when it is wanted; the time is that of this call.
 * `preview` is there when the registries were opened for it.
 */
export function liveInventory(open: OpenRegistries, context: RegistryContext): InventorySource {
  const apiOf = ({registry}: RepositoryInventory) => open.registryOf(registry.host).api
  return {
    takenAt: context.now(),
    repositories: () => inOrder(open.repositories, Math.min(readAhead, context.concurrency), context.signal),
    contents(repository, digests) {
      const archived = new Set(repository.images.filter(({status}) => status === 'archived').map(digestOf))
      const wanted = digests.filter(digest => !archived.has(digest))
      return readContents(apiOf(repository), repository.name, wanted)
    },
    ...(open.access !== 'look' && {
      preview: (repository: RepositoryInventory, policyText: string) =>
        previewPolicy(apiOf(repository), repository.name, policyText, context),
    }),
  }
}

function digestOf({digest}: ImageRecord): Digest {
  return digest
}

/** Reads a few ahead; what is yielded keeps its order. */
async function* inOrder(
  repositories: readonly MeantRepository[],
  ahead: number,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const reading: Promise<Item>[] = []
  try {
    for (const repository of repositories) {
      const item = readRepository(repository, signal)
      // One that fails before its turn is thrown at its turn.
      item.catch(() => {})
      reading.push(item)
      const first = reading.length > ahead ? reading.shift() : undefined
      if (first !== undefined) yield await first
    }
    for (let item = reading.shift(); item !== undefined; item = reading.shift()) yield await item
  } finally {
    // Nothing is asked any more when whoever reads goes away.
    await Promise.allSettled(reading)
  }
}

async function readRepository({at, name}: MeantRepository, signal: AbortSignal): Promise<Item> {
  const {registry, api} = at
  try {
    const [policy, images] = await Promise.all([api.lifecycle.getPolicy(name), readImages(at, name)])
    return {registry, name, policy: policy?.text ?? null, images}
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    return {registry, name, error}
  }
}
