import type {OpenImage} from '../ecr/inventory/images.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {ScanType} from '../ecr/scan-api.ts'
import {orUnknown} from '../ecr/unknowable.ts'
import {BugError, GantryError, TransientError, UsageError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {readAnswer} from './answer.ts'
import type {Evidence, NoEvidence} from './evidence.ts'
import {type Share, sharedTexts} from './normal-form.ts'
import {type MeantImage, type PlatformImage, type PlatformImages, platformsOf} from './platforms.ts'
import {fingerprintOf, isEmpty, judgeAnswer, judgeEmpty, lost, pending, unsupported} from './states.ts'

/** A manifest whose scan is asked about. */
export interface Scanned {
  /** The image as the user named it. */
  readonly text: string
  /** `ALIAS@REGION` or host. */
  readonly registry: string
  readonly repository: string
  /** Null for an image that no index lists. */
  readonly platform: string | null
  readonly digest: Digest
}

/** What became of beginning a scan. */
export type Start =
  | {readonly kind: 'started'}
  /** None can be begun, and what is there or comes by itself is used. One sentence. */
  | {readonly kind: 'not-started'; readonly reason: string}
  | NoEvidence

/** One manifest's scan. It is looked at as often as it takes, and remembers since when its answer is as it is. */
export interface Scan {
  readonly of: Scanned
  /** What is known of it now; {@link noScan} when there is none. @throws the reason of the signal. */
  look(signal: AbortSignal): Promise<Evidence>
  /** Begins a basic scan. @throws the reason of the signal. */
  start(signal: AbortSignal): Promise<Start>
}

/** Reads the scans of one run. */
export interface ScanReader {
  /** The images of each platform, or why they are not known. @throws the reason of the signal. */
  platforms(image: MeantImage, signal: AbortSignal): Promise<PlatformImages | NoEvidence>
  scan(image: OpenImage, manifest: PlatformImage): Scan
}

export const noScan: NoEvidence = pending(
  null,
  'There is no scan of the image. Begin one (gantry scan-gate --start), or have the registry scan what is pushed.',
)

/** @param now milliseconds since the epoch. */
export function createScanReader(now: () => number): ScanReader {
  const terms: Terms = {now, share: sharedTexts(), scanTypeOf: scanTypes()}
  return {
    platforms: (image, signal) =>
      orNoEvidence(() => platformsOf({...image, at: within(image.at, signal)}), signal),
    scan: (image, manifest) => createScan(image, manifest, terms),
  }
}

interface Terms {
  readonly now: () => number
  readonly share: Share
  readonly scanTypeOf: (at: OpenRegistry) => Promise<ScanType | null>
}

function createScan(image: OpenImage, {platform, digest, pushedAt}: PlatformImage, terms: Terms): Scan {
  const {text, at, repository} = image
  const {label: registry, account} = at.registry
  const {now, share, scanTypeOf} = terms
  let seen: {readonly fingerprint: string; readonly since: number} | undefined

  async function read(here: OpenRegistry): Promise<Evidence> {
    if (pushedAt === null) return lost(null, `The index lists ${digest}, which is not in the repository.`)
    const pages = here.api.scan.findings(repository, digest)
    const answer = await readAnswer(pages, {account, repository, digest}, share)
    if (!isEmpty(answer)) {
      seen = undefined
      return judgeAnswer(answer)
    }
    const fingerprint = fingerprintOf(answer)
    if (seen?.fingerprint !== fingerprint) seen = {fingerprint, since: now()}
    const scanType = await scanTypeOf(here)
    return judgeEmpty(answer, {scanType, pushedAt, sameForMs: now() - seen.since})
  }

  return {
    of: {text, registry, repository, platform, digest},
    look: signal => orNoEvidence(() => read(within(at, signal)), signal),
    start: signal => orNoEvidence(() => start(within(at, signal), repository, digest), signal),
  }
}

/** Why ECR begins no scan, by the codes of its errors (ECR API, StartImageScan). */
const notStarted: ReadonlyMap<string, string> = new Map([
  ['LIMIT_EXCEEDED', 'ECR scans an image once in 24 hours, and has done so: what that scan says is used.'],
  ['VALIDATION', 'The registry has enhanced scanning, which scans by itself and takes no orders.'],
])

async function start({api}: OpenRegistry, repository: string, digest: Digest): Promise<Start> {
  try {
    await api.scan.startScan(repository, digest)
    return {kind: 'started'}
  } catch (error) {
    const reason = error instanceof GantryError ? notStarted.get(error.code) : undefined
    if (reason === undefined) throw error
    return {kind: 'not-started', reason}
  }
}

/** How a registry scans, asked once; null where it may not be asked. */
function scanTypes(): Terms['scanTypeOf'] {
  const asked = new Map<string, Promise<ScanType | null>>()
  return ({registry: {host}, api}) => {
    const known = asked.get(host)
    if (known !== undefined) return known
    const answer = orUnknown(() => api.scan.scanType(), null)
    asked.set(host, answer)
    // Trouble that passes: the next look asks again.
    answer.catch(() => asked.delete(host))
    return answer
  }
}

function within(at: OpenRegistry, signal: AbortSignal): OpenRegistry {
  return {...at, api: at.api.within(signal)}
}

/** What goes wrong with one image is that image's: passing trouble may be over at the next look, all other is not. */
async function orNoEvidence<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | NoEvidence> {
  try {
    return await ask()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError || error instanceof UsageError)
      throw error
    const {code, message} = error
    if (code === 'SCAN_NOT_FOUND') return noScan
    if (code === 'UNSUPPORTED_IMAGE_TYPE') return unsupported(null, message)
    return error instanceof TransientError ? pending(null, message) : lost(null, message)
  }
}
