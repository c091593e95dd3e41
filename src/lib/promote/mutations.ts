import type {Readable} from 'node:stream'
import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Listing, OnBytes, Registry, Repository, RepositorySettings} from '../oci/registry.ts'
import type {Json} from '../plan/canonical.ts'
import type {Journal, JournalEntry} from '../plan/journal.ts'

/** Everything that a promotion may change, each with its intent in the record before and its outcome after. */
export interface Mutations {
  createRepository(registry: Registry, name: string, settings?: RepositorySettings): Promise<void>
  /** False when the registry would rather be sent the blob. */
  mountBlob(repository: Repository, blob: Descriptor, from: string): Promise<boolean>
  uploadBlob(
    repository: Repository,
    blob: Descriptor,
    open: () => Promise<Readable>,
    onBytes: OnBytes,
  ): Promise<void>
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
    record: (entry: JournalEntry) => Promise<void> | void = entry => journal.write(entry),
  ): Promise<Result> {
    const id = ++count
    const outcome = (entry: JournalEntry): void =>
      journal.note({type: 'outcome', id, at: timestamp(), ...entry})
    await record({type: 'intent', id, at: timestamp(), ...intent})
    try {
      const result = await act()
      outcome({result: result === false ? 'declined' : 'done'})
      return result
    } catch (error) {
      const [code, message] =
        error instanceof GantryError ? [error.code, error.message] : ['INTERRUPTED', String(error)]
      outcome({result: 'failed', code, message})
      throw error
    }
  }

  /** Nobody sees a blob before a manifest names it, and that waits for the disk. */
  const mutateBlob = <Result>(intent: {readonly [key: string]: Json}, act: () => Promise<Result>) =>
    mutate(intent, act, entry => journal.note(entry))

  const timestamp = () => new Date(now()).toISOString()

  return {
    createRepository: (registry, name, settings) =>
      mutate({verb: 'create-repository', subject: `${registry.host}/${name}`}, () =>
        registry.create(name, settings),
      ),
    mountBlob: (repository, blob, from) =>
      mutateBlob({verb: 'mount-blob', subject: subjectOf(repository, blob), from}, () =>
        repository.mountBlob(blob, from),
      ),
    uploadBlob: (repository, blob, open, onBytes) =>
      mutateBlob({verb: 'upload-blob', subject: subjectOf(repository, blob), bytes: blob.size}, () =>
        repository.uploadBlob(blob, open, onBytes),
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
