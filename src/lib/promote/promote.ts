import {BugError, FailureError, GantryError} from '../errors.ts'
import type {Platform} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import {createLimiter} from '../oci/limiter.ts'
import type {Registry} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {forgiven} from './artifacts.ts'
import {BlobHomes} from './blob-homes.ts'
import {Copier} from './copy.ts'
import type {PromotionListener} from './events.ts'
import {readGraphs} from './graph.ts'
import {failedItem, finishedItem, plannedItem} from './items.ts'
import {lookAt, type RepositoryState, type Wanted} from './look.ts'
import type {Copied, ImageGraph, ImagePlan, PromotionItem, PromotionRequest} from './model.ts'
import {journaledMutations} from './mutations.ts'
import {
  assertTagsAgree,
  bytesOf,
  type Candidate,
  isSatisfied,
  planImage,
  sourceDigestOf,
  targetOf,
} from './plan.ts'
import {promotionEntry, type RunRecord} from './record.ts'
import {SharedReads} from './shared-read.ts'
import {SharedSlots} from './shared-slots.ts'

export interface LookOptions {
  readonly createRepositories: boolean
  /** Also what refers to the images: signatures, SBOMs, attestations. */
  readonly referrers: boolean
  /** Of indexes only these; none means all. */
  readonly platforms: readonly Platform[]
  readonly onEvent: PromotionListener
}

/** What was read and what follows from it: the changes, and the images that cannot be promoted with the reason. */
export interface PromotionPlan {
  readonly images: readonly PlannedImage[]
  readonly refused: readonly PromotionItem[]
}

export interface PlannedImage {
  readonly plan: ImagePlan
  readonly graph: ImageGraph
  readonly state: RepositoryState
}

/**
 * Reads both sides and plans; changes nothing. Each source tag is turned into a digest here and never looked at again.
 *
 * @throws {UsageError} TAG_CLAIMED_TWICE; and what concerns all images: no permission, no network.
 */
export async function planPromotion(
  requests: readonly PromotionRequest[],
  options: LookOptions,
): Promise<PromotionPlan> {
  options.onEvent({type: 'phase', phase: 'resolve', images: requests.length})
  const graphs = await readSources(requests, options)
  options.onEvent({type: 'phase', phase: 'plan', images: requests.length})
  const states = await lookAtDestinations(requests, graphs)

  const images: PlannedImage[] = []
  const refused: PromotionItem[] = []
  for (const request of requests) {
    const graph = graphs.get(request)
    for (const {endpoint: destination, repository} of request.destinations) {
      if (graph === undefined || graph instanceof GantryError) {
        refused.push(failedItem({request, destination, repository}, graph ?? unread(request)))
        continue
      }
      const state = states.get(destination.registry)?.get(repository)
      if (state === undefined) throw new TypeError(`${targetOf({destination, repository})} was not looked at`)
      const candidate: Candidate = {request, destination, repository, graph, state}
      const plan = planImage(candidate, options)
      if (plan instanceof GantryError)
        refused.push(
          failedItem({...candidate, digest: graph.root.digest, sourceDigest: sourceDigestOf(graph)}, plan),
        )
      else images.push({plan, graph, state})
    }
  }
  assertTagsAgree(images.map(({plan}) => plan))
  return {images, refused}
}

/** What a dry run reports of the plan. */
export function plannedItems({images, refused}: PromotionPlan): PromotionItem[] {
  return [...images.map(({plan}) => plannedItem(plan)), ...refused]
}

/** For how long what was seen of a tag holds without another look. */
const freshForMs = 5_000
/** How long the destinations of a blob wait for each other before it is read. */
const patienceMs = 5_000

export interface ApplyOptions {
  readonly record: RunRecord
  /** As whom a destination is written to, by its label; absent at registries that are not ECR. */
  readonly callers: ReadonlyMap<string, Caller>
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Images and blobs in flight. */
  readonly concurrency: number
  /** When the destinations were looked at, or before; milliseconds since the epoch. */
  readonly lookedAt: number
  /** What a registry refuses of what belongs to an image is no failure. */
  readonly ignoreRefusedReferrers: boolean
  readonly onEvent: PromotionListener
}

/**
 * Does the plan. Images fail one by one: each gets an item with what became of it, also when the run is interrupted.
 */
export async function applyPromotion(
  {images, refused}: PromotionPlan,
  options: ApplyOptions,
): Promise<PromotionItem[]> {
  const {record, callers, signal, now, concurrency, lookedAt, onEvent} = options
  onEvent({type: 'phase', phase: 'copy', images: images.filter(({plan}) => !isSatisfied(plan)).length})
  const mutations = journaledMutations(record.journal, now)
  const copier = new Copier(
    {
      mutations,
      blobs: new SharedSlots(createLimiter(concurrency)),
      isFresh: () => now() - lookedAt < freshForMs,
    },
    knownHomes(images),
    new SharedReads({patienceMs, signal}),
    images.map(({plan}) => plan),
  )
  const inFlight = new SharedSlots(createLimiter(concurrency))
  const judge = options.ignoreRefusedReferrers ? forgiven : (item: PromotionItem) => item
  const recorded = async (item: PromotionItem) => {
    await record.item(promotionEntry(item, callers.get(item.destination)))
    return item
  }
  const items = await Promise.all([
    ...images.map(async ({plan, graph}) => {
      if (isSatisfied(plan)) return recorded(judge(finishedItem(plan)))
      const id = `${targetOf(plan)}@${plan.root} ${plan.request.tags.join(' ')}`
      // The destinations of an image go together, so that what they need is read once.
      return inFlight.run(sourceOf(plan), async () => {
        onEvent({type: 'start', id, title: titleOf(plan), bytes: bytesOf(plan)})
        const attempted = await attempt(
          plan,
          () => copier.copy(plan, graph, bytes => onEvent({type: 'bytes', id, bytes})),
          signal,
        )
        const item = judge(attempted)
        onEvent({type: 'end', id, item})
        return recorded(item)
      })
    }),
    ...refused.map(recorded),
  ])
  return items
}

async function attempt(
  plan: ImagePlan,
  copy: () => Promise<Copied>,
  signal: AbortSignal,
): Promise<PromotionItem> {
  try {
    signal.throwIfAborted()
    return finishedItem(plan, await copy())
  } catch (error) {
    if (signal.aborted) return {...finishedItem(plan), outcome: 'interrupted', path: null}
    return failedItem(
      {...plan, digest: plan.root},
      error instanceof GantryError ? error : new BugError(String(error), {cause: error}),
    )
  }
}

async function readSources(
  requests: readonly PromotionRequest[],
  {referrers, platforms}: LookOptions,
): Promise<Map<PromotionRequest, ImageGraph | GantryError>> {
  const groups = Map.groupBy(requests, ({source, repository}) => `${source.registry.host}/${repository}`)
  const graphs = new Map<PromotionRequest, ImageGraph | GantryError>()
  await Promise.all(
    [...groups.values()].map(async group => {
      const [first] = group
      if (first === undefined) return
      const references = [...new Set(group.map(({reference}) => reference))]
      const found = await readGraphs(first.source.registry.repository(first.repository), references, {
        referrers,
        platforms,
      })
      for (const request of group) graphs.set(request, found.get(request.reference) ?? unread(request))
    }),
  )
  return graphs
}

async function lookAtDestinations(
  requests: readonly PromotionRequest[],
  graphs: ReadonlyMap<PromotionRequest, ImageGraph | GantryError>,
): Promise<Map<Registry, ReadonlyMap<string, RepositoryState>>> {
  const wanted = new Map<Registry, Map<string, {graphs: ImageGraph[]; tags: Map<string, Digest>}>>()
  for (const request of requests) {
    const graph = graphs.get(request)
    if (graph === undefined || graph instanceof GantryError) continue
    for (const {endpoint, repository} of request.destinations) {
      const repositories = getOrInsert(wanted, endpoint.registry, () => new Map())
      const entry = getOrInsert(repositories, repository, () => ({graphs: [], tags: new Map()}))
      entry.graphs.push(graph)
      for (const {tag, digest} of graph.attachedTags) entry.tags.set(tag, digest)
      for (const tag of request.tags) entry.tags.set(tag, graph.root.digest)
    }
  }
  const looked = await Promise.all(
    [...wanted].map(
      async ([registry, repositories]) =>
        [registry, await lookAt(registry, repositories satisfies ReadonlyMap<string, Wanted>)] as const,
    ),
  )
  return new Map(looked)
}

/** Repositories that are known to have a blob: the source where it is in the destination's registry, and what was looked at. */
function knownHomes(images: readonly PlannedImage[]): BlobHomes {
  const homes = new BlobHomes()
  for (const {plan, state} of images) {
    const {source, repository} = plan.request
    const {host} = plan.destination.registry
    for (const digest of state.blobs) homes.add(host, digest, plan.repository)
    if (source.registry.host === host) for (const {digest} of plan.blobs) homes.add(host, digest, repository)
  }
  return homes
}

function sourceOf({request, root}: ImagePlan): string {
  return `${request.source.registry.host}/${request.repository}@${root}`
}

function titleOf({destination, repository, request, root}: ImagePlan): string {
  const name = request.tags.length > 0 ? `:${request.tags.join(',')}` : `@${root}`
  return `${destination.side.label}/${repository}${name}`
}

function unread({source, repository, reference}: PromotionRequest): FailureError {
  return new FailureError(
    'IMAGE_NOT_FOUND',
    `${source.registry.host}/${repository} gave no answer about ${reference}.`,
  )
}

function getOrInsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
