import type {Digest} from '../oci/digest.ts'
import type {Finding} from './finding.ts'

/** What is known of one manifest: a scan's findings, all of them, or why there are none to judge by. */
export type Evidence = ScanResult | NoEvidence

export interface ScanResult {
  readonly kind: 'scanned'
  readonly by: 'basic' | 'enhanced'
  /** `COMPLETE` or `ACTIVE`. */
  readonly status: string
  /** Milliseconds since the epoch. */
  readonly scannedAt: number | null
  readonly findings: readonly Finding[]
}

/**
 * - `pending`: may come by itself (PENDING, IN_PROGRESS, no scan yet, empty and not settled yet);
 * - `unsupported`: this image cannot be scanned, for which policies have a word;
 * - `lost`: nothing comes any more (FAILED, SCAN_ELIGIBILITY_EXPIRED, IMAGE_ARCHIVED, LIMIT_EXCEEDED, FINDINGS_UNAVAILABLE,
 *   a status that nobody knows, an answer that is malformed).
 */
export interface NoEvidence {
  readonly kind: 'pending' | 'unsupported' | 'lost'
  /** ECR's word; null when there is no scan. */
  readonly status: string | null
  /** One sentence: what is the matter, and what to do. */
  readonly reason: string
}

/** One platform's image of what was asked for. */
export interface PlatformEvidence {
  /** `linux/arm64/v8`; null for an image that no index lists. */
  readonly platform: string | null
  readonly digest: Digest
  readonly evidence: Evidence
}

/** An image at a registry, by digest, with what is known of each of its platforms. */
export interface ImageEvidence {
  /** As the user named it. */
  readonly text: string
  /** `ALIAS@REGION` or host. */
  readonly registry: string
  /** Of the registry, as in `HOST/REPOSITORY`: what VEX documents name. */
  readonly host: string
  readonly repository: string
  /** The tag that was asked for; null when it was a digest. */
  readonly tag: string | null
  readonly digest: Digest
  /** Milliseconds since the epoch. */
  readonly pushedAt: number
  /** At least one; attestations and what else of an index is no image are left out. */
  readonly platforms: readonly PlatformEvidence[]
}
