import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import type {LifecyclePolicy, LifecycleRule} from './policy.ts'
import type {Fate} from './verdict.ts'

/** What is to become of a repository's lifecycle policy. Texts are as ECR gives them back: compact JSON. */
export interface PolicyChange {
  /** `unmanaged`: nobody says what the policy should be; today's is judged, and nothing is changed. */
  readonly kind: 'none' | 'put' | 'delete' | 'unmanaged'
  readonly before: string | null
  readonly after: string | null
  /** Rule by rule, in the order of their priorities. */
  readonly rules: readonly RuleChange[]
  /** Where the new policy was written: `repos.yaml:12:5` or a file; null when it is today's. */
  readonly origin: string | null
}

export interface RuleChange {
  readonly kind: 'same' | 'added' | 'removed' | 'changed'
  readonly before: LifecycleRule | null
  readonly after: LifecycleRule | null
}

/** An image that goes, by ECR's hand, once the policy is in force. Times are ISO 8601 in UTC. */
export interface PlannedDeparture {
  readonly digest: Digest
  readonly tags: readonly string[]
  readonly fate: Fate
  readonly rulePriority: number
  /** When at the earliest; ECR acts within 24 hours of it. Not after the plan was made for what goes now. */
  readonly at: string
  /** In words: why it goes. */
  readonly why: string
  readonly pushedAt: string
  /** As ECR tells it; layers that images share count in each. */
  readonly size: number
  /** Digest of the image that it follows (a referrer); null when a rule acts on it. */
  readonly follows: Digest | null
}

/** Bytes of distinct blobs; `bytes` is null when manifests were not read, and then `atMost` is the sum of sizes. */
export interface FreedBytes {
  /** Bytes of layers and configs that nothing which stays needs. */
  readonly bytes: number | null
  /** Sum of the sizes that ECR tells, in which shared layers count several times. */
  readonly atMost: number
}

/** What a policy does by some time. */
export interface Outlook {
  readonly expire: number
  readonly archive: number
  /** Of what expires. */
  readonly freed: FreedBytes
  /** US dollars that storage costs less per month; what goes to the archive is priced as the archive is. */
  readonly usdPerMonth: number | null
}

/** ECR's preview beside our own evaluation. */
export interface PreviewComparison {
  readonly status: 'agrees' | 'disagrees' | 'skipped'
  /** Why it was skipped; null else. */
  readonly reason: string | null
  readonly disagreements: readonly {
    readonly digest: Digest
    readonly ecr: string
    readonly gantry: string
  }[]
  /** Differences that come from what ECR's documentation leaves open, in words; they are no disagreement. */
  readonly notes: readonly string[]
}

/** An image that would go although something needs it. */
export interface EndangeredImage {
  readonly digest: Digest
  readonly tags: readonly string[]
  /** Which policy it is that it goes under; with `today` alone the new policy saves it. */
  readonly under: 'today' | 'new' | 'both'
  readonly fate: Fate
  readonly rulePriority: number
  readonly at: string
  /** What says so, each with its place: `in-use.txt:3: prod/api@sha256:...`. */
  readonly evidence: readonly string[]
}

/** What a plan says of one repository. */
export interface RepositoryPlan {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly change: PolicyChange
  /** Images that are there, by storage class; what is being restored counts as standard. */
  readonly images: {readonly standard: number; readonly archived: number}
  /** Under the policy as it will be. `within` includes `now`. */
  readonly now: Outlook
  readonly within: Outlook
  /** The same under the policy as it is today; equal to the above when nothing changes. */
  readonly today: {readonly now: Outlook; readonly within: Outlook}
  /** Everything that goes within the days, the earliest first. */
  readonly departures: readonly PlannedDeparture[]
  /** What goes until the plan expires, and so what applying it may cause at once: `expire sha256:...`, `archive sha256:...`. */
  readonly parts: readonly string[]
  readonly endangered: readonly EndangeredImage[]
  readonly preview: PreviewComparison
  readonly warnings: readonly string[]
}

export interface LifecyclePlan {
  /** When the world was looked at, in milliseconds since the epoch. */
  readonly takenAt: number
  readonly days: number
  readonly repositories: readonly RepositoryPlan[]
}

/** Whose policies should be what, found for one repository. */
export type DesiredPolicy =
  | {readonly kind: 'unmanaged'}
  | {readonly kind: 'none'; readonly origin: string}
  | {readonly kind: 'policy'; readonly policy: LifecyclePolicy; readonly origin: string}

/** Images that something needs, whatever a policy says. */
export interface Protection {
  /** What says that the image is needed, each with its place; empty when nothing does. */
  evidenceOf(image: {
    readonly registry: InventoryRegistry
    readonly repository: string
    readonly digest: Digest
    readonly tags: readonly string[]
  }): readonly string[]
}
