import {BugError, GantryError} from '../errors.ts'
import {createLimiter} from '../oci/limiter.ts'
import type {Wait} from '../oci/wait.ts'
import type {Caller} from '../plan/document.ts'
import type {RunRecord} from '../plan/run-record.ts'
import {Archives} from './archives.ts'
import {arrivedArtifacts, forgiven} from './artifacts.ts'
import {BlobHomes} from './blob-homes.ts'
import {Copier} from './copy.ts'
import type {PromotionListener} from './events.ts'
import {failedItem, finishedItem} from './items.ts'
import type {ImagePlan, PromotionItem} from './model.ts'
import {promotionMutations} from './mutations.ts'
import {bytesOf, isSatisfied, targetOf} from './plan.ts'
import type {PromotionPlan} from './promote.ts'
import {promotionEntry} from './record.ts'
import {afterReplication} from './replication.ts'
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
  readonly wait: Wait
  /** Milliseconds to wait in all for images that are on their way by replication, before they are copied. */
  readonly replicationWaitMs: number
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
  promotion: PromotionPlan,
  options: ApplyOptions,
): Promise<PromotionItem[]> {
  const {images, refused} = promotion
  const {record, callers, signal, now, wait, concurrency, onEvent} = options
  const due = images.filter(({plan}) => !isSatisfied(plan))
  onEvent({type: 'phase', phase: 'copy', images: due.length})
  const mutations = promotionMutations(record.mutate)
  const copier = new Copier(
    {
      mutations,
      blobs: new SharedSlots(createLimiter(concurrency)),
    },
    knownHomes(promotion),
    new SharedReads({patienceMs, signal}),
    // What comes by replication is read, if at all, when the others are done.
    images.flatMap(({plan}) => (plan.path.kind === 'replication' ? [] : [plan])),
  )
  const archives = new Archives(
    due.map(({plan}) => plan.destination.registry),
    mutations,
  )
  const inFlight = new SharedSlots(createLimiter(concurrency))
  // Who waits for replication holds up nobody.
  const waiting = new SharedSlots(createLimiter(concurrency))
  const arrival = {now, wait, signal, deadline: now() + options.replicationWaitMs}
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
      const slots = plan.path.kind === 'replication' ? waiting : inFlight
      const {registry} = plan.destination
      const ended = (item: PromotionItem) => {
        onEvent({type: 'end', id, item})
        return recorded(item)
      }
      const item = await slots.run(sourceOf(plan), async () => {
        onEvent({type: 'start', id, title: titleOf(plan), bytes: bytesOf(plan)})
        const copied = async () => {
          signal.throwIfAborted()
          const left = plan.path.kind === 'replication' ? await afterReplication(plan, arrival) : plan
          const {blobs, artifacts} = await copier.copy(left, graph, bytes =>
            onEvent({type: 'bytes', id, bytes}),
          )
          return finishedItem(plan, {blobs, artifacts: [...arrivedArtifacts(plan, left), ...artifacts]})
        }
        return judge(await attempt(plan, copied, signal))
      })
      if (!archives.has(registry)) return ended(item)
      // Who waits for the others that go into an archive holds no slot that they need.
      const isChanged = item.outcome === 'promoted'
      const written = await attempt(
        plan,
        () => archives.complete(registry, isChanged).then(() => item),
        signal,
      )
      return ended(isChanged ? written : item)
    }),
    ...refused.map(recorded),
  ])
  return items
}

async function attempt(
  plan: ImagePlan,
  act: () => Promise<PromotionItem>,
  signal: AbortSignal,
): Promise<PromotionItem> {
  try {
    return await act()
  } catch (error) {
    if (signal.aborted) return {...finishedItem(plan), outcome: 'interrupted', path: null}
    return failedItem(
      {...plan, digest: plan.root},
      error instanceof GantryError ? error : new BugError(String(error), {cause: error}),
    )
  }
}

function knownHomes({images, homes: known}: PromotionPlan): BlobHomes {
  const homes = new BlobHomes()
  for (const {plan, state} of images) {
    const {host} = plan.destination.registry
    for (const digest of [...state.blobs, ...plan.blobs.map(blob => blob.digest)]) {
      const home = known.homeOf(host, digest)
      if (home !== undefined) homes.add(host, digest, home)
    }
    if (!known.mayMount(host)) homes.decline(host)
  }
  return homes
}

function sourceOf({request, root}: ImagePlan): string {
  return `${request.source.registry.host}/${request.repository}@${root}`
}

function titleOf({destination, repository, request, root, path}: ImagePlan): string {
  const name = request.tags.length > 0 ? `:${request.tags.join(',')}` : `@${root}`
  const way = path.kind === 'replication' ? ' (by replication)' : ''
  return `${destination.side.label}/${repository}${name}${way}`
}
