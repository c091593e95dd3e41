import type {Descriptor} from '../oci/descriptor.ts'
import type {ImagePlan, PlannedPath} from './model.ts'

/**
 * The cheapest path that is enough for a plan, and what it takes: at most, for what images share is copied once; but a
 * registry may want to be sent what it could mount.
 */
export function pathOf(plan: Omit<ImagePlan, 'path'>): PlannedPath {
  const mountFrom = homeOf(plan)
  const uploads = mountFrom === null ? plan.blobs : []
  const requests = requestsOf(plan, uploads)
  return {
    kind: kindOf(plan, {requests, isMounted: mountFrom !== null && plan.blobs.length > 0}),
    mountFrom: plan.blobs.length > 0 ? mountFrom : null,
    blobs: {
      uploaded: uploads.length,
      mounted: plan.blobs.length - uploads.length,
      bytes: uploads.reduce((sum, {size}) => sum + size, 0),
    },
    requests,
  }
}

/** A registry takes over from its own repositories what they have. */
function homeOf({request, destination, repository}: Omit<ImagePlan, 'path'>): string | null {
  const isOneRegistry = request.source.registry.host === destination.registry.host
  return isOneRegistry && request.repository !== repository ? request.repository : null
}

function kindOf(
  {manifests, referrers}: Omit<ImagePlan, 'path'>,
  {requests, isMounted}: {readonly requests: number; readonly isMounted: boolean},
): PlannedPath['kind'] {
  if (requests === 0) return 'nothing'
  if (manifests.length + referrers.length === 0) return 'tag'
  return isMounted ? 'mount' : 'copy'
}

/** A blob is read, its upload opened and sent; or it is mounted. A root with a tag goes up under that. Each tag is looked at again. */
function requestsOf(plan: Omit<ImagePlan, 'path'>, uploads: readonly Descriptor[]): number {
  const {createRepository, manifests, referrers, tags, attachedTags, blobs, root} = plan
  const isTagged = tags.length > 0 && referrers.length === 0 && attachedTags.length === 0
  const putWithTag = isTagged && manifests.some(({digest}) => digest === root) ? 1 : 0
  const puts = manifests.length + referrers.length + tags.length + attachedTags.length - putWithTag
  const looks = tags.length + attachedTags.length
  return Number(createRepository) + 3 * uploads.length + (blobs.length - uploads.length) + puts + looks
}
