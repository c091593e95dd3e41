import {BugError, GantryError} from '../errors.ts'
import {createLimiter} from '../oci/limiter.ts'
import type {Caller} from '../plan/document.ts'
import {forgiven} from './artifacts.ts'
import {BlobHomes} from './blob-homes.ts'
import {Copier} from './copy.ts'
import type {PromotionListener} from './events.ts'
import {failedItem, finishedItem} from './items.ts'
import type {Copied, ImagePlan, PromotionItem} from './model.ts'
import {journaledMutations} from './mutations.ts'
import {bytesOf, isSatisfied, targetOf} from './plan.ts'
import type {PlannedImage, PromotionPlan} from './promote.ts'
import {promotionEntry, type RunRecord} from './record.ts'
import {SharedReads} from './shared-read.ts'
import {SharedSlots} from './shared-slots.ts'

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
  const {record, callers, signal, now, concurrency, onEvent} = options
  onEvent({type: 'phase', phase: 'copy', images: images.filter(({plan}) => !isSatisfied(plan)).length})
  const mutations = journaledMutations(record.journal, now)
  const copier = new Copier(
    {
      mutations,
      blobs: new SharedSlots(createLimiter(concurrency)),
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
