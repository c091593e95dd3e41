/** Looks at what is there, and compares it with what repos.yaml says. */
import type {Estate} from '../config/estate.ts'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import type {NamedProtection} from '../lifecycle/protection.ts'
import type {RegistryContext} from '../oci/registry.ts'
import type {ItemError} from '../plan/items.ts'
import type {Reconciliation} from './model.ts'

export interface ReconcileOptions {
  /** Of the registries; `concurrency` of their repositories are looked at at a time. */
  readonly context: RegistryContext
  /** What the registries were opened for, as they were named; none for everything. */
  readonly words: readonly string[]
  /** Whether images are looked at where a change may act on them. */
  readonly images: boolean
  /** Images that something needs. */
  readonly protection: NamedProtection
  /** Told of each registry and each repository when it is done. */
  readonly onPlace?: ((place: string, error: ItemError | null) => void) | undefined
}

/**
 * Compares what repos.yaml manages with what there is, and reads nothing else. Changes nothing. What cannot be read is
 * `unread`, and the others go on.
 *
 * @param open opened with `mayMiss`: repositories that are to be made are not there yet.
 * @throws {FailureError} REPOSITORY_NOT_FOUND for a name that is neither there nor to be made.
 */
export async function reconcile(
  open: OpenRegistries,
  estate: Estate,
  options: ReconcileOptions,
): Promise<Reconciliation> {
  throw new TypeError(`not there yet ${open.registries.length} ${estate.file} ${options.words.length}`)
}
