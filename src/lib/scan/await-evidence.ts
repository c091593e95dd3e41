import {createLimiter, type Limiter} from '../oci/limiter.ts'
import type {Wait} from '../oci/wait.ts'
import type {Evidence, ImageEvidence, NoEvidence, PlatformEvidence} from './evidence.ts'
import type {MeantImage, PlatformImage, PlatformImages} from './platforms.ts'
import {createScanReader, noScan, type Scan, type Scanned, type ScanReader} from './read-evidence.ts'
import {pending} from './states.ts'

/** What happens while evidence is waited for. */
export type ScanEvent =
  /** Evidence is not there yet; the next look is so many milliseconds later. */
  | {
      readonly type: 'scan-pending'
      readonly of: Scanned
      readonly why: NoEvidence
      readonly nextLookMs: number
    }
  /** A basic scan was begun. */
  | {readonly type: 'scan-started'; readonly of: Scanned}
  /** No scan can be begun; `reason` is one sentence. */
  | {readonly type: 'scan-not-started'; readonly of: Scanned; readonly reason: string}
  /** What there is to know of it is known. */
  | {readonly type: 'scan-known'; readonly of: Scanned; readonly evidence: Evidence}

export interface AwaitOptions {
  /** Milliseconds within which scans that may still come are looked for again; 0 is one look. */
  readonly waitMs: number
  /** Whether a basic scan is begun where there is none. The registries then have to be opened for `scan`. */
  readonly start: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: Wait
  readonly signal: AbortSignal
  /** A number from 0 to 1. */
  readonly random: () => number
  readonly onEvent: (event: ScanEvent) => void
  /** Scans that are read at the same time. */
  readonly concurrency: number
}

/**
 * What scans say of images, of each of their platforms, in the order of the images. What may still come is waited for
 * until the deadline, in pauses that grow; what is missing then is `pending`. No request outlasts the deadline, unless
 * there is but one look.
 *
 * @throws the reason of the signal.
 */
export async function awaitEvidence(
  images: readonly MeantImage[],
  options: AwaitOptions,
): Promise<readonly ImageEvidence[]> {
  options.signal.throwIfAborted()
  const {waitMs, now, concurrency} = options
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const watch: Watch = {
    ...options,
    signal,
    limit: waitMs === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(waitMs)]),
    deadline: now() + waitMs,
    reader: createScanReader(now),
    limiter: createLimiter(concurrency),
    scans: new Map(),
  }
  const waiting = images.map(image => awaitImage(image, watch))
  try {
    return await Promise.all(waiting)
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(waiting)
    throw error
  }
}

interface Watch extends AwaitOptions {
  /** Ends requests at the deadline, in real time. */
  readonly limit: AbortSignal
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly reader: ScanReader
  readonly limiter: Limiter
  /** Manifests that several images mean are looked at once. */
  readonly scans: Map<string, Promise<Evidence>>
}

async function awaitImage(image: MeantImage, watch: Watch): Promise<ImageEvidence> {
  const {text, at, repository, tag, digest, pushedAt} = image
  const {label: registry, host} = at.registry
  const whole: Scanned = {text, registry, repository, platform: null, digest}
  const found = await poll(whole, signal => watch.reader.platforms(image, signal), watch)
  const platforms: readonly PlatformEvidence[] =
    found.kind === 'platforms'
      ? await Promise.all(
          found.images.map(async manifest => ({
            platform: manifest.platform,
            digest: manifest.digest,
            evidence: await awaitManifest(image, manifest, watch),
          })),
        )
      : [{platform: null, digest, evidence: known(whole, found, watch)}]
  return {text, registry, host, repository, tag, digest, pushedAt, platforms}
}

function awaitManifest(image: MeantImage, manifest: PlatformImage, watch: Watch): Promise<Evidence> {
  const key = `${image.at.registry.host}/${image.repository}@${manifest.digest}`
  const evidence = watch.scans.get(key) ?? awaitScan(watch.reader.scan(image, manifest), watch)
  watch.scans.set(key, evidence)
  return evidence
}

async function awaitScan(scan: Scan, watch: Watch): Promise<Evidence> {
  const {onEvent} = watch
  /** What is said while there is no scan, once one was asked for. */
  let asked: NoEvidence | undefined
  const look = async (signal: AbortSignal): Promise<Evidence> => {
    const evidence = await scan.look(signal)
    if (evidence !== noScan || !watch.start) return evidence
    if (asked !== undefined) return asked
    const begun = await scan.start(signal)
    if (begun.kind === 'started') {
      onEvent({type: 'scan-started', of: scan.of})
      asked = pending(null, 'A scan was begun, and has not ended.')
    } else if (begun.kind === 'not-started') {
      onEvent({type: 'scan-not-started', of: scan.of, reason: begun.reason})
      asked = pending(null, `There is no scan of the image. ${begun.reason}`)
    } else {
      return begun
    }
    return asked
  }
  return known(scan.of, await poll(scan.of, look, watch), watch)
}

function known(of: Scanned, evidence: Evidence, {onEvent}: Watch): Evidence {
  onEvent({type: 'scan-known', of, evidence})
  return evidence
}

const firstPauseMs = 2000
const longestPauseMs = 30_000
const growth = 1.5
/** The last look is so long before the deadline, so that its answer may be there in time. */
const lastLookMs = 1000

/** Asks again until the answer is not pending, or it is too late. */
async function poll<T extends Evidence | PlatformImages>(
  of: Scanned,
  ask: (signal: AbortSignal) => Promise<T | NoEvidence>,
  watch: Watch,
): Promise<T | NoEvidence> {
  const {now, wait, random, signal, deadline, onEvent} = watch
  let why = pending(null, 'ECR did not answer within the time to wait. Wait longer.')
  for (let ceilingMs = firstPauseMs; ; ceilingMs = Math.min(longestPauseMs, ceilingMs * growth)) {
    const answer = await beforeDeadline(ask, watch)
    if (answer === undefined) return why
    if (answer.kind !== 'pending') return answer
    why = answer
    const leftMs = deadline - lastLookMs - now()
    if (leftMs <= 0) return why
    // Many who wait for the same registry do not ask all at once.
    const nextLookMs = Math.min(leftMs, Math.round(ceilingMs * (0.5 + random() / 2)))
    onEvent({type: 'scan-pending', of, why, nextLookMs})
    await wait(nextLookMs, signal)
  }
}

/** Undefined when the deadline came first. */
async function beforeDeadline<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  {limiter, limit, signal}: Watch,
): Promise<T | undefined> {
  try {
    return await limiter.run(async () => {
      limit.throwIfAborted()
      return ask(limit)
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error !== limit.reason) throw error
    return undefined
  }
}
