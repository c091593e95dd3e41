import type {Digest} from '../../oci/digest.ts'
import {
  type ImageContent,
  type InventorySource,
  isUnreadable,
  type RepositoryInventory,
  type UnreadableRepository,
} from './model.ts'

type Surveyed = readonly [RepositoryInventory | UnreadableRepository, ReadonlyMap<Digest, ImageContent>]

/** Each repository of a source, with what its manifests say where that is asked for. */
export async function* surveyed(source: InventorySource, manifests: boolean): AsyncGenerator<Surveyed> {
  for await (const repository of source.repositories()) {
    if (isUnreadable(repository) || !manifests) yield [repository, new Map()]
    else
      yield [
        repository,
        await source.contents(
          repository,
          repository.images.map(({digest}) => digest),
        ),
      ]
  }
}
