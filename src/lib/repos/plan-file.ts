/** The plan file of a reconciliation. */
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {SavedLifecyclePlan} from '../lifecycle/plan-file-checks.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import type {Json} from '../plan/canonical.ts'
import type {Caller, PlanAction, PlanDocument} from '../plan/document.ts'
import type {ChangeKind, PlannedChange, Reconciliation} from './model.ts'

export const reposPlanKind = 'repos'

export interface ReposPlanFileOptions {
  /** Every identity that took part in looking. */
  readonly callers: readonly Caller[]
  /** What was protected when the plan was made. */
  readonly protection: NamedProtection
}

/** A saved plan, read back. */
export interface SavedReposPlan {
  readonly document: PlanDocument
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  readonly callers: readonly Caller[]
  /** In the order in which they are applied; what is blocked is not among them. */
  readonly changes: readonly SavedReposChange[]
  /** Lifecycle policies of repositories that have images, as a plan of `gantry lifecycle plan`; null when none changes. */
  readonly lifecycle: SavedLifecyclePlan | null
}

/** A change as a plan file has it. */
export interface SavedReposChange {
  readonly registry: InventoryRegistry
  readonly repository: string | null
  readonly resource: string
  readonly entry: string
  readonly kind: Exclude<ChangeKind, 'blocked'>
  readonly before: Json
  readonly after: Json
  readonly action: PlanAction
}

/** `HOST/REPOSITORY#KEY`, `HOST#KEY/ENTRY`; of a repository itself `HOST/REPOSITORY`. */
export function subjectOf(
  change: Pick<PlannedChange, 'registry' | 'repository' | 'resource' | 'entry'>,
): string {
  const {registry, repository, resource, entry} = change
  const place = repository === null ? registry.host : `${registry.host}/${repository}`
  if (resource === 'repository') return place
  return entry === '' ? `${place}#${resource}` : `${place}#${resource}/${entry}`
}

/** A plan as it is saved, without what is blocked. Reproducible: no two plans of a world differ. */
export function toReposPlanDocument(plan: Reconciliation, options: ReposPlanFileOptions): PlanDocument {
  throw new TypeError(`not there yet ${plan.takenAt} ${options.callers.length}`)
}

/** A change as a plan has it. */
export function reposAction(change: PlannedChange): PlanAction {
  throw new TypeError(`not there yet ${subjectOf(change)}`)
}

/**
 * Reads a plan file back.
 *
 * @param now milliseconds since the epoch.
 * @throws {UsageError} NOT_A_PLAN; {RefusalError} PLAN_EDITED, PLAN_EXPIRED, PLAN_MALFORMED (exit 7).
 */
export function fromReposPlanDocument(text: string, file: string, now: number): SavedReposPlan {
  throw new TypeError(`not there yet ${text} ${file} ${now}`)
}
