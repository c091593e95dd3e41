import type {TransferPrices} from '../config/estate.ts'
import {transferPrice} from '../ecr/transfer-cost.ts'
import {type GantryError, UsageError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {planAttachedTags} from './attached-tags.ts'
import type {Circumstances} from './circumstances.ts'
import type {RepositoryState} from './look.ts'
import type {
  ArtifactItem,
  Endpoint,
  ImageDraft,
  ImageGraph,
  ImagePlan,
  PromotionRequest,
  TagChange,
} from './model.ts'
import {mayNotMove, precheck} from './prechecks.ts'

/** One image at one destination, with what was read of both. */
export interface Candidate {
  readonly request: PromotionRequest
  readonly destination: Endpoint
  readonly repository: string
  /** Gates that the image has to pass first. */
  readonly gates?: readonly string[]
  readonly graph: ImageGraph
  readonly state: RepositoryState
}

export interface PlanImageOptions extends Circumstances {
  readonly createRepositories: boolean
  /** Of repos.yaml. */
  readonly prices?: TransferPrices
}

/**
 * What is missing at the destination, or why the image may not go there. Pure: the same world gives the same plan.
 *
 * @returns the plan, or all that {@link precheck} finds as the {@link GantryError} of this image.
 */
export function planImage(candidate: Candidate, options: PlanImageOptions): ImageDraft | GantryError {
  const {request, destination, repository, graph, state} = candidate
  const createRepository = state.settings === undefined && options.createRepositories
  const tags = request.tags
    .map((tag): TagChange => ({tag, before: state.tags.get(tag) ?? null, after: graph.root.digest}))
    .filter(({before, after}) => before !== after)
  const attached = planAttachedTags(graph, state, tag => mayNotMove(tag, candidate))
  const absent = ({digest}: {digest: Digest}) => !state.manifests.has(digest)
  const manifests = graph.manifests.filter(absent)
  const unused = new Set(graph.attachedTags.map(({digest}) => digest))
  for (const {after} of attached.moves) unused.delete(after)
  const referrers = graph.referrers.filter(artifact => absent(artifact) && !unused.has(artifact.digest))
  const problem = precheck(candidate, {tags, manifests: [...manifests, ...referrers]}, options)
  if (problem !== undefined) return problem
  const blobs = new Map(
    [...manifests, ...referrers].flatMap(manifest => manifest.blobs).map(blob => [blob.digest, blob]),
  )
  return {
    request,
    destination,
    repository,
    root: graph.root.digest,
    sourceDigest: sourceDigestOf(graph),
    createRepository,
    ...(createRepository && options.settings !== undefined ? {settings: options.settings} : {}),
    manifests,
    referrers,
    blobs: [...blobs.values()].filter(({digest}) => !state.blobs.has(digest)),
    tags,
    attachedTags: attached.moves,
    refusedArtifacts: attached.kept.map(change => keptArtifact(candidate, change)),
    price: transferPrice(request.source.registry.host, destination.registry.host, options.prices),
  }
}

/** Nothing to create, copy or tag. */
export function isSatisfied({
  createRepository,
  manifests,
  referrers,
  tags,
  attachedTags,
}: ImageDraft): boolean {
  return !createRepository && [manifests, referrers, tags, attachedTags].every(({length}) => length === 0)
}

/**
 * Two images that want one tag of one repository to be two digests.
 *
 * @throws {UsageError} TAG_CLAIMED_TWICE, before anything is written.
 */
export function assertTagsAgree(plans: readonly ImageDraft[]): void {
  const claims = new Map<string, Digest>()
  for (const {destination, repository, root, request} of plans) {
    for (const tag of request.tags) {
      const target = `${destination.registry.host}/${repository}:${tag}`
      const other = claims.get(target)
      if (other !== undefined && other !== root) {
        throw new UsageError(
          'TAG_CLAIMED_TWICE',
          `${target} would be both ${other} and ${root}. Nothing was written. Promote one of them.`,
        )
      }
      claims.set(target, root)
    }
  }
}

/** What the reference names at the source. */
export function sourceDigestOf({root, narrowedFrom}: ImageGraph): Digest {
  return narrowedFrom ?? root.digest
}

/** Registry host and repository that the plan writes to. */
export function targetOf({
  destination,
  repository,
}: {
  readonly destination: Pick<Endpoint, 'registry'>
  readonly repository: string
}): string {
  return `${destination.registry.host}/${repository}`
}

/** Bytes of the blobs that are not there and do not come by themselves, as their descriptors claim. */
export function bytesOf({blobs, path}: ImagePlan): number {
  return path.kind === 'replication' ? 0 : blobs.reduce((sum, {size}) => sum + size, 0)
}

function keptArtifact(candidate: Candidate, {tag, before, after}: TagChange): ArtifactItem {
  const reason = `${targetOf(candidate)}:${tag} is ${before}, which has what ${after} has not or may not move; left as it is.`
  return {digest: after, tag, artifactType: null, outcome: 'refused', reason}
}
