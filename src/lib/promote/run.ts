import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {OpenOptions} from '../ecr/open.ts'
import type {ExitCode} from '../errors.ts'
import {parsePlatform} from '../oci/platform.ts'
import {addTraffic, noTraffic, type Traffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {Caller} from '../plan/document.ts'
import {readPlanFile, writePlanFile} from '../plan/files.ts'
import type {IgnoreNotes} from '../scan/ignore-rules.ts'
import {applyRecorded, type Done} from './apply-recorded.ts'
import {forgiven} from './artifacts.ts'
import {assertReplicates} from './await-replicas.ts'
import type {PromotionListener} from './events.ts'
import {promotionExitCode} from './exit-code.ts'
import {type JudgeOptions, judgeCandidates} from './gate.ts'
import {assertSameGates, gateNotes, openGates, withGates} from './gates.ts'
import type {Endpoint, PromotionItem} from './model.ts'
import {plannedItems, planPromotion} from './promote.ts'
import {type RouteWords, routeImages} from './route.ts'
import {assertWithin, fromDocument, toDocument} from './saved-plan.ts'
import {type Selection, type SelectionWords, selectImages} from './selection.ts'
import {type BatchShard, batchOf, ofShard, type Shard} from './shard.ts'
import {type OpenSides, openSides} from './sides.ts'

/** What `gantry promote` was asked to do. */
export interface PromotionOrder extends RouteWords, SelectionWords {
  /** File of a saved plan to apply; then there are no images. */
  readonly plan: string | undefined
  /** File to save the plan to. */
  readonly out: string | undefined
  /** The part of the batch to do; all of it without one. */
  readonly shard: Shard | undefined
  /** Plan only. */
  readonly dryRun: boolean
  readonly createRepositories: boolean
  /** When one image cannot be promoted, none is. */
  readonly allOrNothing: boolean
  /** Also what refers to the images: signatures, SBOMs, attestations. */
  readonly referrers: boolean
  /** What a registry refuses of what belongs to an image is no failure. */
  readonly ignoreRefusedReferrers: boolean
  /** Of indexes only these, each `OS/ARCHITECTURE[/VARIANT]`; none means all. */
  readonly platforms: readonly string[]
  /** Images, blobs and requests in flight at each registry. */
  readonly concurrency: number
  /** A gate of repos.yaml that every image has to pass, besides those of its route. */
  readonly gate: string | undefined
  /** Milliseconds to wait for scans; what the gates say unless given. */
  readonly gateWaitMs: number | undefined
  /** Milliseconds to wait until replication has brought what was promoted further; undefined not to. */
  readonly waitReplicationMs: number | undefined
  /** File for the record; without it one in `records`. */
  readonly record: string | undefined
}

/** The world around what moves images and tags. */
export interface TransferWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  readonly credentialsFor: NonNullable<OpenOptions['credentialsFor']>
  /** Folder of the records. */
  readonly records: string
  /** Milliseconds that one request may be tried again before its image fails; ten minutes by default. */
  readonly retryForMs?: number
  readonly onEvent: PromotionListener
}

/** The world around a promotion. */
export interface PromotionWorld extends TransferWorld {
  /** Folder that names of files in gates are taken from. */
  readonly cwd: string
  /** A number from 0 to 1. */
  readonly random: () => number
  /** A signal that aborts after so many milliseconds, such as `AbortSignal.timeout`. */
  readonly deadlineAfter: (ms: number) => AbortSignal
  /** Milliseconds to wait in all for images that are on their way by replication, before they are copied; two minutes by default. */
  readonly replicationWaitMs?: number
}

export interface PromotionResult {
  /** Which part of which batch this was; null when it was all of it. */
  readonly shard: BatchShard | null
  readonly callers: readonly Caller[]
  readonly items: readonly PromotionItem[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The record of the run; null when nothing was to be done to any registry. */
  readonly record: string | null
  /** The saved plan. */
  readonly planFile: string | null
  /** What to tell of the gates' ignore rules. */
  readonly notes?: IgnoreNotes
  readonly exitCode: ExitCode
}

/**
 * Promotes images: resolves, plans, and, unless it is a dry run, copies, verifies, tags and records.
 *
 * @returns the items of all images, also when some of them failed.
 * @throws {GantryError} what concerns all of them: usage, identities, permission, a stale plan.
 */
export async function runPromotion(order: PromotionOrder, world: PromotionWorld): Promise<PromotionResult> {
  const stop = new AbortController()
  const signal = AbortSignal.any([world.aws.signal, stop.signal])
  try {
    return await promote(order, {...world, aws: {...world.aws, signal}})
  } finally {
    // What was asked beside the question that failed is not asked again.
    stop.abort()
  }
}

async function promote(order: PromotionOrder, world: PromotionWorld): Promise<PromotionResult> {
  const {aws, estate, onEvent} = world
  const startedAt = aws.now()
  const saved =
    order.plan === undefined ? undefined : fromDocument(await readPlanFile(order.plan), order.plan, startedAt)
  const selection = saved === undefined ? await select(order, world) : undefined
  const named = saved?.routes ?? routeImages({...order, images: selection?.images ?? []}, estate)
  if (saved !== undefined) assertSameGates(saved.gates, estate, order.plan ?? '')
  const routes = withGates(named, order.gate, estate)
  if (order.waitReplicationMs !== undefined) assertReplicates(routes)
  const gates = await openGates(routes, estate, world.cwd)
  const options = saved?.options ?? {...order, platforms: order.platforms.map(parsePlatform)}
  const dryRun = order.dryRun || order.out !== undefined
  const sides = await openSides(routes, estate, openOptions(order, world, dryRun))
  try {
    const {shard} = order
    const mine = ofShard(shard, routes, ({source}) => source.host)
    const requests = ofShard(shard, sides.requests, ({source}) => source.registry.host)
    const plan = await planPromotion(requests, {
      ...options,
      thorough: dryRun || order.allOrNothing,
      prices: estate.prices.transfer,
      judge: candidates => judgeCandidates(candidates, judgeOptions(gates, sides, order, world)),
      onEvent,
    })
    if (saved !== undefined) assertWithin(saved, plan, sides.callers, order.plan ?? '')
    const document = saved?.document ?? toDocument(plan, options, startedAt)
    if (order.out !== undefined) await writePlanFile(order.out, document)
    const {images, refused} = plan
    const isHeld = dryRun || (order.allOrNothing && refused.length > 0)
    if (!isHeld && refused.length > 0) onEvent({type: 'refused', items: refused, others: images.length})
    const done: Done = isHeld
      ? {
          items: plannedItems(plan).map(order.ignoreRefusedReferrers ? forgiven : item => item),
          record: null,
          callers: [],
          traffic: noTraffic(),
        }
      : await applyRecorded({plan, routes: mine, sha256: document.sha256}, sides, order, world)
    return {
      shard: shard === undefined ? null : {...shard, batch: saved?.document.sha256 ?? batchOf(routes)},
      callers: [...new Map([...sides.callers, ...done.callers].map(each => [each.arn, each])).values()],
      items: done.items,
      record: done.record,
      traffic: [sides.traffic(), selection?.traffic ?? noTraffic(), done.traffic].reduce(addTraffic),
      durationMs: aws.now() - startedAt,
      planFile: order.out ?? null,
      notes: gateNotes(gates, startedAt),
      exitCode: promotionExitCode(done.items, aws.signal),
    }
  } finally {
    sides.close()
  }
}

/** The images that are meant; what is looked up for that is only looked at. */
function select(order: PromotionOrder, world: PromotionWorld): Promise<Selection> {
  return selectImages(order, world.estate, async sources => {
    const nowhere = {repository: '', reference: '', tags: [], destinations: [], immutable: false}
    const routes = sources.map(source => ({...nowhere, source}))
    return openSides(routes, world.estate, openOptions(order, world, true))
  })
}

function judgeOptions(
  gates: JudgeOptions['gates'],
  sides: OpenSides,
  {gateWaitMs: waitMs, concurrency}: PromotionOrder,
  {aws: {now, signal, wait = realWait}, random, onEvent}: PromotionWorld,
): JudgeOptions {
  const scansOf = (source: Endpoint) => sides.scansOf(source)
  return {gates, scansOf, waitMs, now, wait, signal, random, onEvent, concurrency}
}

function openOptions(
  order: PromotionOrder,
  {aws, credentialsFor, retryForMs = 10 * 60_000, onEvent}: TransferWorld,
  readOnly: boolean,
): OpenOptions {
  const context = {signal: aws.signal, now: aws.now, concurrency: order.concurrency, retryForMs, onEvent}
  return {environment: {...aws, onEvent}, context, readOnly, credentialsFor}
}
