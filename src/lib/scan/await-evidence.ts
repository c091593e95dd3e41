import type {OpenImage} from '../ecr/inventory/images.ts'
import type {Digest} from '../oci/digest.ts'
import type {Wait} from '../oci/wait.ts'
import type {ImageEvidence, NoEvidence} from './evidence.ts'

/** A manifest whose scan is asked about. */
export interface Scanned {
  /** The image as the user named it. */
  readonly text: string
  /** `ALIAS@REGION` or host. */
  readonly registry: string
  readonly repository: string
  readonly platform: string | null
  readonly digest: Digest
}

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
  /** No scan could be begun; `reason` is one sentence. */
  | {readonly type: 'scan-not-started'; readonly of: Scanned; readonly reason: string}
  /** What there is to know of it is known. */
  | {readonly type: 'scan-known'; readonly of: Scanned; readonly kind: 'scanned' | NoEvidence['kind']}

export interface AwaitOptions {
  /** Milliseconds within which scans that may still come are looked for again; 0 is one look. */
  readonly waitMs: number
  /** Whether a basic scan is begun where there is none. The registries then have to be opened for `scan`. */
  readonly start: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: Wait
  readonly signal: AbortSignal
  /** 0 to 1. */
  readonly random: () => number
  readonly onEvent: (event: ScanEvent) => void
  /** Scans that are read at the same time. */
  readonly concurrency: number
}

/**
 * What scans say of images, of each of their platforms, in the order of the images. Those that may still come are waited
 * for until the deadline; what is missing then is `pending`.
 *
 * @throws the reason of the signal.
 */
export async function awaitEvidence(
  images: readonly OpenImage[],
  options: AwaitOptions,
): Promise<readonly ImageEvidence[]> {
  options.signal.throwIfAborted()
  return images.map(image => ({
    text: image.text,
    registry: image.at.registry.label,
    host: image.at.registry.host,
    repository: image.repository,
    tag: image.tag,
    digest: image.digest,
    pushedAt: image.pushedAt,
    platforms: [
      {
        platform: null,
        digest: image.digest,
        evidence: {kind: 'pending', status: null, reason: 'Nothing was asked yet.'},
      },
    ],
  }))
}
