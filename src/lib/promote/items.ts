import {transferCost} from '../ecr/transfer-cost.ts'
import type {GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {itemError} from '../plan/items.ts'
import {plannedArtifacts, refusedError} from './artifacts.ts'
import type {BlobCounts, Copied, Endpoint, ImagePlan, Path, PromotionItem, PromotionRequest} from './model.ts'
import {isSatisfied, targetOf} from './plan.ts'
import type {GateWord} from './words.ts'

const noBlobs = {uploaded: 0, mounted: 0, bytes: 0}

/** What a plan would do. */
export function plannedItem(plan: ImagePlan): PromotionItem {
  const item = finishedItem(plan, {
    blobs: plan.path.blobs,
    artifacts: plannedArtifacts(plan),
  })
  return isSatisfied(plan) ? item : {...item, outcome: 'planned', path: plan.path.kind}
}

/** What was done of a plan; without counts there was nothing to copy. */
export function finishedItem(plan: ImagePlan, copied?: Copied): PromotionItem {
  const {blobs, artifacts} = copied ?? {blobs: noBlobs, artifacts: plan.refusedArtifacts}
  return {
    ...subject({...plan, digest: plan.root}),
    tagChanges: plan.tags,
    outcome: isSatisfied(plan) ? 'unchanged' : 'promoted',
    manifests: plan.manifests.length,
    referrers: plan.referrers.length,
    artifacts,
    blobs,
    path: pathTaken(plan, blobs),
    mountFrom: plan.path.mountFrom,
    transfer: transferCost(blobs.bytes, plan.price),
    plannedRequests: plan.path.requests,
    error: refusedError(artifacts),
  }
}

/** A mount that was planned became a copy when the registry would not do it, and so did a replication that did not come. */
function pathTaken({path: {kind}}: ImagePlan, {uploaded, mounted}: Readonly<BlobCounts>): Path {
  if (kind === 'nothing' || kind === 'tag') return kind
  if (kind === 'replication' && uploaded + mounted === 0) return kind
  return uploaded === 0 && mounted > 0 ? 'mount' : 'copy'
}

export function failedItem(what: Subject, error: GantryError): PromotionItem {
  return {
    ...subject(what),
    tagChanges: [],
    outcome: 'failed',
    manifests: 0,
    referrers: 0,
    artifacts: [],
    blobs: noBlobs,
    path: null,
    mountFrom: null,
    transfer: null,
    plannedRequests: 0,
    error: itemError(error),
  }
}

interface Subject {
  readonly request: PromotionRequest
  readonly destination: Endpoint
  readonly repository: string
  readonly digest?: Digest
  readonly sourceDigest?: Digest
  readonly gate?: GateWord
}

function subject({
  request,
  destination,
  repository,
  digest,
  sourceDigest,
  gate,
}: Subject): Pick<
  PromotionItem,
  'source' | 'digest' | 'sourceDigest' | 'destination' | 'target' | 'tags' | 'gate' | 'replication'
> {
  const separator = request.reference.startsWith('sha256:') ? '@' : ':'
  return {
    source: `${request.source.registry.host}/${request.repository}${separator}${request.reference}`,
    digest: digest ?? null,
    sourceDigest: sourceDigest ?? null,
    destination: destination.side.label,
    target: targetOf({destination, repository}),
    tags: request.tags,
    gate: gate ?? null,
    replication: null,
  }
}
