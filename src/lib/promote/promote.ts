import type {TransferPrices} from '../config/estate.ts'
import {FailureError, GantryError} from '../errors.ts'
import type {Platform} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Registry} from '../oci/registry.ts'
import {lookAround} from './circumstances.ts'
import type {PromotionListener} from './events.ts'
import {stoppedByGate} from './gate-errors.ts'
import {readGraphs} from './graph.ts'
import {failedItem, plannedItem} from './items.ts'
import {findHomes, type KnownHomes} from './known-homes.ts'
import {lookAt, type RepositoryState, type Wanted} from './look.ts'
import type {ImageDraft, ImageGraph, ImagePlan, PromotionItem, PromotionRequest} from './model.ts'
import {pathOf} from './path.ts'
import {assertTagsAgree, type Candidate, planImage, sourceDigestOf, targetOf} from './plan.ts'
import type {GateWord} from './words.ts'

export interface LookOptions {
  readonly createRepositories: boolean
  /** Also what refers to the images: signatures, SBOMs, attestations. */
  readonly referrers: boolean
  /** Of indexes only these; none means all. */
  readonly platforms: readonly Platform[]
  /** Find out all that would fail later, also what a run finds out in time for each image. */
  readonly thorough: boolean
  /** Of repos.yaml. */
  readonly prices: TransferPrices
  /** What gates say of the images that have to pass some. */
  readonly judge?: (candidates: readonly Candidate[]) => Promise<ReadonlyMap<Candidate, GateWord>>
  readonly onEvent: PromotionListener
}

/** What was read and what follows from it: the changes, and the images that cannot be promoted with the reason. */
export interface PromotionPlan {
  readonly images: readonly PlannedImage[]
  readonly refused: readonly PromotionItem[]
  readonly homes: KnownHomes
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

  const candidates: Candidate[] = []
  const refused: PromotionItem[] = []
  for (const request of requests) {
    const graph = graphs.get(request)
    for (const {endpoint: destination, repository, gates} of request.destinations) {
      if (graph === undefined || graph instanceof GantryError) {
        refused.push(failedItem({request, destination, repository}, graph ?? unread(request)))
        continue
      }
      const state = states.get(destination.registry)?.get(repository)
      if (state === undefined) throw new TypeError(`${targetOf({destination, repository})} was not looked at`)
      candidates.push({request, destination, repository, ...(gates && {gates}), graph, state})
    }
  }

  const circumstances = await lookAround(candidates, options)
  const allowed: Draft[] = []
  for (const candidate of candidates) {
    const plan = planImage(candidate, {...options, ...circumstances.get(candidate)})
    if (plan instanceof GantryError) refused.push(failedItem(subjectOf(candidate), plan))
    else allowed.push({plan, candidate})
  }
  assertTagsAgree(allowed.map(({plan}) => plan))
  const {drafts, stopped} = await passGates(allowed, options)
  const homes = await findHomes(drafts.map(({plan, candidate}) => ({plan, ...candidate})))
  const images = drafts.map(({plan, candidate}): PlannedImage => {
    const {isReplicating = false} = circumstances.get(candidate) ?? {}
    const path = pathOf(plan, {homes, isReplicating})
    return {plan: {...plan, path}, graph: candidate.graph, state: candidate.state}
  })
  return {images, refused: [...refused, ...stopped], homes}
}

interface Draft {
  readonly plan: ImageDraft
  readonly candidate: Candidate
}

/** Stops what does not pass its gates, before it is known what that would have taken. */
async function passGates(
  drafts: readonly Draft[],
  {judge, onEvent}: LookOptions,
): Promise<{drafts: readonly Draft[]; stopped: readonly PromotionItem[]}> {
  const words = (await judge?.(drafts.map(({candidate}) => candidate))) ?? new Map<Candidate, GateWord>()
  if (words.size > 0) onEvent({type: 'judged', images: words.size})
  const passed: Draft[] = []
  const stopped: PromotionItem[] = []
  for (const {plan, candidate} of drafts) {
    const gate = words.get(candidate)
    if (gate === undefined) {
      if (candidate.gates !== undefined) throw new TypeError(`${targetOf(candidate)} was not judged`)
      passed.push({plan, candidate})
      continue
    }
    const error = stoppedByGate(gate, candidate)
    if (error === undefined) passed.push({plan: {...plan, gate}, candidate})
    else stopped.push(failedItem({...subjectOf(candidate), gate}, error))
  }
  return {drafts: passed, stopped}
}

function subjectOf(candidate: Candidate) {
  const {root} = candidate.graph
  return {...candidate, digest: root.digest, sourceDigest: sourceDigestOf(candidate.graph)}
}

/** What a dry run reports of the plan. */
export function plannedItems({images, refused}: PromotionPlan): PromotionItem[] {
  return [...images.map(({plan}) => plannedItem(plan)), ...refused]
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
