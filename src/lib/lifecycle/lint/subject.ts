import type {LifecycleRule} from '../policy.ts'
import type {StorageRates} from '../storage-cost.ts'
import type {RepositoryImage} from '../verdict.ts'
import type {Evidence, Severity} from './finding.ts'

/** What a policy is judged by. */
export interface LintContext {
  /** How many releases must be there to go back to. */
  readonly rollbackDepth: number
  readonly rates: StorageRates
  /** What the repository is and has; absent for a policy that is judged by itself. */
  readonly repository?: LintedRepository
  /** The creation template whose policy it is. */
  readonly template?: LintedTemplate
}

export interface LintedTemplate {
  /** What makes repositories from it: `REPLICATION`, `PULL_THROUGH_CACHE`, `CREATE_ON_PUSH`. */
  readonly appliedFor: readonly string[]
}

export interface LintedRepository {
  readonly images: readonly HeldImage[]
  /** When the images were looked at, in milliseconds since the epoch. */
  readonly now: number
  /** Labels of the registries that replicate into it. */
  readonly replicatedFrom: readonly string[]
}

/** An image as the evaluation takes it, with the bytes that ECR says it has. */
export interface HeldImage extends RepositoryImage {
  readonly size: number
}

/** A policy and what it is judged by. */
export interface LintSubject extends LintContext {
  /** By priority; null when there is no policy. */
  readonly rules: readonly LifecycleRule[] | null
}

/** What a check has to say. */
export interface Doubt {
  /** Null for what concerns the policy as a whole. */
  readonly rule: LifecycleRule | null
  readonly message: string
  readonly fix: string
  readonly evidence?: Evidence
  /** Where it weighs more or less than usual. */
  readonly severity?: Severity
}

/** One thing that may be doubtful in a policy. */
export interface LintRule {
  readonly code: string
  readonly severity: Severity
  /** One line: what it finds. */
  readonly summary: string
  readonly check: (subject: LintSubject) => readonly Doubt[]
}
