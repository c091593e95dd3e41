import type {Readable} from 'node:stream'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Listing, OnBytes, Registry, Repository, RepositorySettings} from '../oci/registry.ts'
import type {Door} from '../plan/door.ts'

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
 * The writes of a promotion through a door; nothing else in this room calls a mutating operation. Nobody sees a blob before
 * a manifest names it, and that waits for the disk.
 */
export function promotionMutations(mutate: Door): Mutations {
  return {
    createRepository: (registry, name, settings) =>
      mutate({
        intent: {verb: 'create-repository', subject: `${registry.host}/${name}`},
        act: () => registry.create(name, settings),
      }),
    mountBlob: (repository, blob, from) =>
      mutate({
        intent: {verb: 'mount-blob', subject: subjectOf(repository, blob), from},
        isUnseen: true,
        act: () => repository.mountBlob(blob, from),
        tell: mounted => (mounted ? {} : {result: 'declined'}),
      }),
    uploadBlob: (repository, blob, open, onBytes) =>
      mutate({
        intent: {verb: 'upload-blob', subject: subjectOf(repository, blob), bytes: blob.size},
        isUnseen: true,
        act: () => repository.uploadBlob(blob, open, onBytes),
      }),
    putManifest: (repository, manifest) =>
      mutate({
        intent: {
          verb: 'put-manifest',
          subject: subjectOf(repository, manifest),
          mediaType: manifest.mediaType,
        },
        act: () => repository.putManifest(manifest),
      }),
    putTag: (repository, tag, manifest, before) =>
      mutate({
        intent: {
          verb: 'tag',
          subject: `${repository.registry.host}/${repository.name}:${tag}`,
          before,
          after: manifest.digest,
        },
        act: async () => {
          await repository.putManifest(manifest, tag)
        },
      }),
    finish: registry =>
      mutate({
        intent: {verb: 'write-archive', subject: registry.host},
        act: async () => {
          await registry.finish?.()
        },
      }),
  }
}

function subjectOf(repository: Repository, {digest}: {readonly digest: Digest}): string {
  return `${repository.registry.host}/${repository.name}@${digest}`
}
