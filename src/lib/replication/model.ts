import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'

/** Another registry that a rule replicates to. */
export interface Destination {
  readonly registry: InventoryRegistry
  /** Index of the first rule that leads there, in ECR's order. */
  readonly rule: number
}

/**
 * How an image stands at one expected destination:
 * - `in-sync`: the digest is there, with every child, referrer and tag;
 * - `in-progress`: ECR says that it is under way;
 * - `failed`: ECR says so, or so does one of its children;
 * - `missing`: ECR says COMPLETE, and the digest, a child or a referrer is not there, or it is archived there;
 * - `drifted`: a tag names another digest there;
 * - `untagged`: the digest is there without a tag that the source has;
 * - `older`: pushed before the rule; nothing is under way, and backfill would bring it;
 * - `unreadable`: the destination, or the source's status, cannot be read, so that nothing is known.
 */
export type ReplicationClass =
  | 'in-sync'
  | 'in-progress'
  | 'failed'
  | 'missing'
  | 'drifted'
  | 'untagged'
  | 'older'
  | 'unreadable'

/** An image at one destination. */
export interface DestinationStatus {
  readonly destination: Destination
  readonly class: ReplicationClass
  /** ECR's word at the source: IN_PROGRESS, COMPLETE, FAILED; null when it says nothing of this destination. */
  readonly reported: string | null
  readonly failureCode: string | null
  /** Milliseconds since the push, while it is not there. */
  readonly lagMs: number | null
  /** What is not there: children, referrers, tags. */
  readonly missing: readonly string[]
  /** One sentence on what is the matter and what to do; empty when in sync. */
  readonly reason: string
}

/** An image of the source with all destinations that it is expected at. */
export interface ImageReplication {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly digest: Digest
  readonly tags: readonly string[]
  /** Milliseconds since the epoch. */
  readonly pushedAt: number
  /** None when no rule covers the repository, which is not success. */
  readonly destinations: readonly DestinationStatus[]
}
