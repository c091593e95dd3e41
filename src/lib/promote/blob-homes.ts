import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/registry.ts'

/** The two ways a blob gets into a repository. `mount` answers false when the registry would rather be sent it. */
export interface Ways {
  mount(home: string): Promise<boolean>
  upload(): Promise<void>
}

/**
 * Knows, for each registry of a run, a repository that has a blob or is about to, so that the next repository can take
 * it over from there instead of being sent it. A registry that declines a mount once is not asked again in the run:
 * ECR declines all of them until BLOB_MOUNTING is enabled (ECR user guide, blob-mounting).
 */
export class BlobHomes {
  readonly #homes = new Map<string, Promise<string | undefined>>()
  readonly #declined = new Set<string>()

  /** Tells that `repository` of the registry at `host` has the blob. */
  add(host: string, digest: Digest, repository: string): void {
    this.#homes.set(keyOf(host, digest), Promise.resolve(repository))
  }

  /** Tells that the registry at `host` takes over nothing. */
  decline(host: string): void {
    this.#declined.add(host)
  }

  /** Forgets where the blob is: it was not there after all. */
  forget({digest}: Descriptor, {registry}: Repository): void {
    this.#homes.delete(keyOf(registry.host, digest))
  }

  /** Gets the blob into `to`, by a mount from its home where there is one, else by an upload that makes `to` its home. */
  async settle({digest}: Descriptor, to: Repository, ways: Ways): Promise<void> {
    const {host} = to.registry
    const key = keyOf(host, digest)
    const known = this.#homes.get(key)
    if (known === undefined) {
      const uploading = ways.upload()
      this.#homes.set(
        key,
        uploading.then(
          () => to.name,
          () => undefined,
        ),
      )
      return await uploading
    }
    // Not worth waiting for another repository's upload where nothing can be taken over from it.
    const home = this.#declined.has(host) ? undefined : await known
    if (home !== undefined && home !== to.name && !this.#declined.has(host)) {
      if (await ways.mount(home)) return
      this.#declined.add(host)
    }
    await ways.upload()
  }
}

function keyOf(host: string, digest: Digest): string {
  return `${host} ${digest}`
}
