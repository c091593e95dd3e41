import type {ScopeWorld} from '../lifecycle/plan-world.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'

/** What `gantry repos export` was asked for. */
export interface ReposExportOrder {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for everything. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** Keys of what is exported; all without. */
  readonly only: readonly string[]
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface ReposExportWorld extends ScopeWorld {
  /** Told of each registry and each repository when it is read. */
  readonly onProgress?: ((place: string) => void) | undefined
}

export interface ReposExportRun {
  /** A whole repos.yaml. */
  readonly text: string
  readonly registries: number
  /** Those of several registries that have one name count once each. */
  readonly repositories: number
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
}

/**
 * Reads how registries and repositories are configured, and says it as a repos.yaml. Changes nothing. What cannot be
 * read stops it: a file that lacks something would look like the truth.
 *
 * @throws {UsageError} UNKNOWN_KEY; what opening registries and reading them throws.
 */
export async function runReposExport(
  order: ReposExportOrder,
  world: ReposExportWorld,
): Promise<ReposExportRun> {
  throw new TypeError(`not there yet ${order.words.length} ${world.estate.file}`)
}
