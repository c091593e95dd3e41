/** A reconciliation: what differs between repos.yaml and the registries. */
import type {Source} from '../config/resolve.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {RepositoryPlan} from '../lifecycle/plan-model.ts'
import type {Json} from '../plan/canonical.ts'
import type {ItemError} from '../plan/items.ts'
import type {DiffLine} from './resource.ts'

/** How far the lifecycle plans of a reconciliation look ahead. */
export const lifecyclePlanDays = 7

/** `blocked`: ECR cannot change it, and Gantry does not replace what holds images. */
export type ChangeKind = 'create' | 'change' | 'remove' | 'blocked'

/** One resource, or one entry of one, that is to change. */
export interface PlannedChange {
  readonly registry: InventoryRegistry
  /** Null where it is of the registry as a whole. */
  readonly repository: string | null
  /** Key of the resource: `policy`; `repository` for the repository itself. */
  readonly resource: string
  /** Of a keyed resource; else `''`. */
  readonly entry: string
  readonly kind: ChangeKind
  /** As the resource has it; null for nothing. */
  readonly before: Json
  readonly after: Json
  readonly lines: readonly DiffLine[]
  readonly foreign: readonly string[]
  readonly notes: readonly string[]
  /** What may go wrong because of it: a whole sentence each. */
  readonly risks: readonly string[]
  /** Why it is blocked, and what to do; null unless it is. */
  readonly remedy: string | null
  /** Where repos.yaml says it. */
  readonly source: Source | null
  /** What the lifecycle policy does, where that is what changes and there are images. */
  readonly lifecycle: RepositoryPlan | null
}

/** What is there, is not in repos.yaml, and stays. */
export interface ForeignEntries {
  readonly registry: InventoryRegistry
  readonly repository: string | null
  readonly resource: string
  /** A line each. */
  readonly entries: readonly string[]
}

/** What could not be compared, with the reason. */
export interface UnreadResource {
  readonly registry: InventoryRegistry
  readonly repository: string | null
  readonly resource: string
  readonly error: ItemError
}

export interface Reconciliation {
  /** Milliseconds since the epoch. */
  readonly takenAt: number
  /** In the order in which they are applied. */
  readonly changes: readonly PlannedChange[]
  readonly foreign: readonly ForeignEntries[]
  readonly unread: readonly UnreadResource[]
  /** Repositories that are there and that `repositories` does not name, or not for there, by registry. */
  readonly unlisted: readonly {readonly registry: InventoryRegistry; readonly names: readonly string[]}[]
  readonly warnings: readonly string[]
  /** What was compared. */
  readonly compared: {
    readonly registries: number
    readonly repositories: number
    readonly resources: number
  }
}
