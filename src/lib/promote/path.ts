import type {Descriptor} from '../oci/descriptor.ts'
import type {KnownHomes} from './known-homes.ts'
import type {ImageDraft, PlannedPath} from './model.ts'

/** What is known of how the blobs of an image could get to its destination. */
export interface Ways {
  readonly homes: KnownHomes
  /** The source's registry is bringing the image already. */
  readonly isReplicating: boolean
}

/**
 * The cheapest path that is enough for a plan, and what it takes: at most, for what images share is copied once; but a
 * registry may want to be sent what it could mount, and what does not arrive by replication is copied after all.
 */
export function pathOf(plan: ImageDraft, {homes, isReplicating}: Ways): PlannedPath {
  if (isReplicating) return replicationPath(plan)
  const mounts = mountsOf(plan, homes)
  const uploads = plan.blobs.filter(({digest}) => !mounts.has(digest))
  const requests = requestsOf(plan, uploads)
  return {
    kind: kindOf(plan, {requests, isMounted: mounts.size > 0 && uploads.length === 0}),
    mountFrom: mostlyFrom(mounts),
    blobs: {uploaded: uploads.length, mounted: mounts.size, bytes: bytesOf(uploads)},
    requests,
  }
}

/** How far it is, whether all of it is there, and then the tags: nothing is sent. */
function replicationPath({tags, attachedTags}: ImageDraft): PlannedPath {
  return {
    kind: 'replication',
    mountFrom: null,
    blobs: {uploaded: 0, mounted: 0, bytes: 0},
    requests: 2 + 2 * (tags.length + attachedTags.length),
  }
}

/** By digest, the repository from which a registry takes over what others of its repositories have. */
function mountsOf(
  {destination, repository, blobs}: ImageDraft,
  homes: KnownHomes,
): ReadonlyMap<string, string> {
  const {host} = destination.registry
  if (!homes.mayMount(host)) return new Map()
  return new Map(
    blobs.flatMap(({digest}) => {
      const home = homes.homeOf(host, digest)
      return home === undefined || home === repository ? [] : [[digest, home] as const]
    }),
  )
}

function mostlyFrom(mounts: ReadonlyMap<string, string>): string | null {
  const byHome = [...Map.groupBy(mounts.values(), home => home)]
  const [most] = byHome.toSorted(([, one], [, other]) => other.length - one.length)
  return most?.[0] ?? null
}

function kindOf(
  {manifests, referrers}: ImageDraft,
  {requests, isMounted}: {readonly requests: number; readonly isMounted: boolean},
): PlannedPath['kind'] {
  if (requests === 0) return 'nothing'
  if (manifests.length + referrers.length === 0) return 'tag'
  return isMounted ? 'mount' : 'copy'
}

/** A blob is read, its upload opened and sent; or it is mounted. A root with a tag goes up under that. Each tag is looked at again. */
function requestsOf(plan: ImageDraft, uploads: readonly Descriptor[]): number {
  const {createRepository, manifests, referrers, tags, attachedTags, blobs, root} = plan
  const isTagged = tags.length > 0 && referrers.length === 0 && attachedTags.length === 0
  const putWithTag = isTagged && manifests.some(({digest}) => digest === root) ? 1 : 0
  const puts = manifests.length + referrers.length + tags.length + attachedTags.length - putWithTag
  const looks = tags.length + attachedTags.length
  return Number(createRepository) + 3 * uploads.length + (blobs.length - uploads.length) + puts + looks
}

function bytesOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, {size}) => sum + size, 0)
}
