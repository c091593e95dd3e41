import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {InventoryRegistry, InventorySource} from '../ecr/inventory/model.ts'
import type {RegistryAccess} from '../ecr/inventory/registries.ts'
import {noTraffic, type RegistryContext, type Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'

/** What is looked at. */
export interface Scope {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for every repository. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** File of a recorded inventory: then no registry is asked. */
  readonly inventory: string | undefined
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

/** What a look takes from the world around. */
export interface ScopeWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
}

/** An inventory to ask, and what asking it cost. */
export interface OpenScope {
  readonly source: InventorySource
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  /** Whether reading manifests there may count as pulls of the images: then a rule that counts pulls acts later. */
  readonly countsAsPull: (registry: InventoryRegistry) => Promise<boolean>
  readonly traffic: () => Traffic
  readonly close: () => void
}

/**
 * Opens what is looked at: registries, or a recorded inventory.
 *
 * @throws what `openRegistries` and `recordedInventory` throw.
 */
export async function openScope(
  scope: Scope,
  access: Exclude<RegistryAccess, 'change'>,
  {estate, aws, region}: ScopeWorld,
): Promise<OpenScope> {
  const {words, accounts, inventory, concurrency} = scope
  if (inventory !== undefined) {
    const {recordedInventory} = await import('../ecr/inventory/file.ts')
    const source = await recordedInventory(inventory, words)
    const {callers, warnings} = source
    return {
      source,
      callers,
      warnings,
      countsAsPull: async () => false,
      traffic: noTraffic,
      close: () => {},
    }
  }
  const [{openRegistries}, {liveScope}] = await Promise.all([
    import('../ecr/inventory/registries.ts'),
    import('./live-scope.ts'),
  ])
  const {now, signal, wait} = aws
  const context: RegistryContext = {now, signal, wait, concurrency, retryForMs, onEvent: () => {}}
  const open = await openRegistries(words, estate, {environment: aws, context, access, accounts, region})
  return liveScope(open, context)
}

const retryForMs = 10 * 60_000
