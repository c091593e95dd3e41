import {writeAll} from './content.ts'
import type {Repository} from './repository.ts'
import type {World} from './world.ts'

/** Adds a layer or config to a repository, as a whole. @returns its digest. */
export async function addBlob(world: World, repository: Repository, bytes: Uint8Array): Promise<string> {
  return world.holdings.keep(await writeAll(world.content, bytes), digest => {
    repository.addLayer(digest, bytes.length)
    return digest
  })
}
