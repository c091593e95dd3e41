import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {BugError, type ExitCode} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {LifecyclePlan} from './plan-model.ts'
import type {StorageRates} from './storage-cost.ts'

/** What `gantry lifecycle plan` was asked for. */
export interface LifecyclePlanOrder {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for every repository. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for every account and region of the estate. */
  readonly accounts: readonly string[]
  /** File with the policy that all these repositories are to have, whatever the estate says. */
  readonly policyFile: string | undefined
  /** 0 to 365. */
  readonly days: number
  /** File of a recorded inventory: then no registry is asked. */
  readonly inventory: string | undefined
  /** Files that name images which are needed. */
  readonly protect: readonly string[]
  /** Whether ECR's own preview is compared. */
  readonly preview: boolean
  /** Whether all manifests of a repository are read to tell which bytes go. */
  readonly bytes: boolean
  /** File to save the plan to. */
  readonly out: string | undefined
  /** Repositories looked at at a time, and requests in flight at each registry. */
  readonly concurrency: number
}

export interface LifecyclePlanWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** How many repositories were planned, told after each. */
  readonly onRepository?: ((done: number) => void) | undefined
}

/** A repository of which nothing can be said, and why. */
export interface UnplannedRepository {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly error: {
    readonly code: string
    readonly message: string
    readonly exitCode: ExitCode
    readonly hints: readonly string[]
  }
}

export interface LifecyclePlanRun {
  /** Of the repositories that could be read completely. */
  readonly plan: LifecyclePlan
  readonly unplanned: readonly UnplannedRepository[]
  /** What storage was reckoned by: `storageRates(estate.prices.storage)`. */
  readonly prices: StorageRates
  readonly warnings: readonly string[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The file of the recorded inventory; null when registries were asked. */
  readonly inventory: string | null
  /** Where the plan was saved; null when it was not. */
  readonly planFile: string | null
  /** 0, or 4 when repositories are missing. */
  readonly exitCode: ExitCode
}

/**
 * Looks at the repositories, and says what their lifecycle policies do. Changes nothing: all that may be sent besides
 * questions is ECR's own preview.
 */
export async function runLifecyclePlan(
  order: LifecyclePlanOrder,
  world: LifecyclePlanWorld,
): Promise<LifecyclePlanRun> {
  throw new BugError(`not written: ${order.words.length}, ${world.estate.accounts.size}`)
}
