import type {Readable} from 'node:stream'
import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Listing, Registry, Repository, RepositorySettings} from '../oci/registry.ts'
import type {Json} from '../plan/canonical.ts'
import type {Journal} from '../plan/journal.ts'

/** Everything that a promotion may change, each with its intent on the disk before and its outcome after. */
export interface Mutations {
  createRepository(registry: Registry, name: string, settings?: RepositorySettings): Promise<void>
  /** False when the registry would rather be sent the blob. */
  mountBlob(repository: Repository, blob: Descriptor, from: string): Promise<boolean>
  uploadBlob(repository: Repository, blob: Descriptor, open: () => Promise<Readable>): Promise<void>
  putManifest(repository: Repository, manifest: Manifest): Promise<Listing>
  /** Points `tag` at the manifest; `before` is the digest that it was seen to hold, for the record. */
  putTag(repository: Repository, tag: string, manifest: Manifest, before: Digest | null): Promise<void>
  /** Writes an archive out, when everything for it is there. */
  finish(registry: Registry): Promise<void>
}

/**
 * The one door through which a promotion writes to a registry; nothing else in this room calls a mutating operation.
 *
 * @param now milliseconds since the epoch.
 */
export function journaledMutations(journal: Journal, now: () => number): Mutations {
  let count = 0

  async function mutate<Result>(
    intent: {readonly [key: string]: Json},
    act: () => Promise<Result>,
  ): Promise<Result> {
    const id = ++count
    await journal.write({type: 'intent', id, at: timestamp(), ...intent})
    try {
      const result = await act()
      await journal.write({
        type: 'outcome',
        id,
        at: timestamp(),
        result: result === false ? 'declined' : 'done',
      })
      return result
    } catch (error) {
      const [code, message] =
        error instanceof GantryError ? [error.code, error.message] : ['INTERRUPTED', String(error)]
      await journal.write({type: 'outcome', id, at: timestamp(), result: 'failed', code, message})
      throw error
    }
  }

  const timestamp = () => new Date(now()).toISOString()

  return {
    createRepository: (registry, name, settings) =>
      mutate({verb: 'create-repository', subject: `${registry.host}/${name}`}, () =>
        registry.create(name, settings),
      ),
    mountBlob: (repository, blob, from) =>
      mutate({verb: 'mount-blob', subject: subjectOf(repository, blob), from}, () =>
        repository.mountBlob(blob, from),
      ),
    uploadBlob: (repository, blob, open) =>
      mutate({verb: 'upload-blob', subject: subjectOf(repository, blob), bytes: blob.size}, () =>
        repository.uploadBlob(blob, open),
      ),
    putManifest: (repository, manifest) =>
      mutate(
        {verb: 'put-manifest', subject: subjectOf(repository, manifest), mediaType: manifest.mediaType},
        () => repository.putManifest(manifest),
      ),
    putTag: (repository, tag, manifest, before) =>
      mutate(
        {
          verb: 'tag',
          subject: `${repository.registry.host}/${repository.name}:${tag}`,
          before,
          after: manifest.digest,
        },
        async () => {
          await repository.putManifest(manifest, tag)
        },
      ),
    finish: registry =>
      mutate({verb: 'write-archive', subject: registry.host}, async () => {
        await registry.finish?.()
      }),
  }
}

function subjectOf(repository: Repository, {digest}: {readonly digest: Digest}): string {
  return `${repository.registry.host}/${repository.name}@${digest}`
}
