import {FailureError, type GantryError, RefusalError} from '../errors.ts'
import {type Manifest, maxManifestWrite} from '../oci/manifest.ts'
import {isTagImmutable} from '../oci/tag-mutability.ts'
import type {TagChange} from './model.ts'
import type {Candidate, PlanImageOptions} from './plan.ts'

/** What an image would change at its destination. */
interface Changes {
  readonly tags: readonly TagChange[]
  readonly manifests: readonly Manifest[]
}

/**
 * Everything that is known to fail later with this image at this destination: the repository is missing, tags hold
 * other digests and may not move, manifests are larger than registries take. Pure.
 *
 * @returns the first of them, with the others as its hints; undefined when there is nothing.
 */
export function precheck(
  candidate: Candidate,
  {tags, manifests}: Changes,
  options: PlanImageOptions,
): GantryError | undefined {
  const {createRepositories, isReplicating = false, isMadeByPush = false, unreadable, tagCount = 0} = options
  const comes = createRepositories || isReplicating || isMadeByPush
  const isMissing = candidate.state.settings === undefined && !comes
  const {maxTagsPerImage = Infinity} = candidate.destination.registry
  const stuck = tags.filter(({tag, before}) => before !== null && mayNotMove(tag, candidate))
  const tooLarge = manifests.filter(({bytes}) => bytes.length > maxManifestWrite)
  const [first, ...others] = [
    ...(isMissing ? [noRepository(candidate)] : []),
    ...(unreadable === undefined || isReplicating ? [] : [unreadable]),
    ...(tags.length > 0 && tagCount > maxTagsPerImage
      ? [tooManyTags(candidate, tagCount, maxTagsPerImage)]
      : []),
    ...stuck.map(change => immutable(candidate, change)),
    ...tooLarge.map(manifest => largeManifest(candidate, manifest)),
  ]
  return first && withOthers(first, others)
}

/** Whether a tag that holds another digest must stay there. */
export function mayNotMove(tag: string, {request, state}: Candidate): boolean {
  return request.immutable || (state.settings !== undefined && isTagImmutable(state.settings, tag))
}

function withOthers(first: FailureError | RefusalError, others: readonly GantryError[]): GantryError {
  if (others.length === 0) return first
  const hints = others.map(({message}) => message)
  return first instanceof RefusalError
    ? new RefusalError(first.code, first.message, {hints})
    : new FailureError(first.code, first.message, {hints})
}

function immutable(candidate: Candidate, {tag, before, after}: TagChange): RefusalError {
  const rule = candidate.request.immutable
    ? 'its promotion in repos.yaml is immutable'
    : 'the tag is immutable there'
  return new RefusalError(
    'TAG_IMMUTABLE',
    `${nameOf(candidate)}:${tag} is ${before} and cannot become ${after}: ${rule}. Promote under a new tag.`,
  )
}

function largeManifest(candidate: Candidate, {digest, bytes}: Manifest): RefusalError {
  return new RefusalError(
    'MANIFEST_TOO_LARGE',
    `${nameOf(candidate)}@${digest} would have a manifest of ${bytes.length} bytes; registries take 4 MiB. Nothing was written.`,
  )
}

function tooManyTags(candidate: Candidate, count: number, most: number): RefusalError {
  return new RefusalError(
    'TOO_MANY_TAGS',
    `${nameOf(candidate)}@${candidate.graph.root.digest} would have at least ${count} tags; the registry takes ${most} for an image. Promote under fewer tags, or remove some there.`,
  )
}

function noRepository(candidate: Candidate): FailureError {
  return new FailureError(
    'REPOSITORY_NOT_FOUND',
    `${nameOf(candidate)} does not exist. Create the repository, or run again with --create-repositories.`,
  )
}

function nameOf({destination, repository}: Candidate): string {
  return `${destination.registry.host}/${repository}`
}
