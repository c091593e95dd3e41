import type {Registry} from '../oci/registry.ts'
import type {Mutations} from './mutations.ts'

/** Destinations that last only as a whole: each is written out when the last of what goes there is done. */
export class Archives {
  readonly #mutations: Pick<Mutations, 'finish'>
  readonly #archives = new Map<Registry, Archive>()

  /** @param registries the destination of each thing that is about to be done. */
  constructor(registries: readonly Registry[], mutations: Pick<Mutations, 'finish'>) {
    this.#mutations = mutations
    for (const registry of registries) {
      const archive = this.#archives.get(registry) ?? {
        left: 0,
        isChanged: false,
        ...Promise.withResolvers<void>(),
      }
      archive.left += 1
      if (registry.finish !== undefined) this.#archives.set(registry, archive)
    }
  }

  /** Whether what is done there lasts only after {@link complete}. */
  has(registry: Registry): boolean {
    return this.#archives.has(registry)
  }

  /**
   * Tells that one thing is done, and waits for the others and until all of them last.
   *
   * @param isChanged false when it changed nothing there.
   * @throws what writing the archive throws, to each who waits.
   */
  async complete(registry: Registry, isChanged: boolean): Promise<void> {
    const archive = this.#archives.get(registry)
    if (archive === undefined) return
    archive.left -= 1
    archive.isChanged ||= isChanged
    if (archive.left === 0)
      archive.resolve(archive.isChanged ? this.#mutations.finish(registry) : Promise.resolve())
    await archive.promise
  }
}

interface Archive extends PromiseWithResolvers<void> {
  /** How many things are not done yet. */
  left: number
  isChanged: boolean
}
