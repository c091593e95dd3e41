import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {InventoryRegistry, InventorySource} from '../ecr/inventory/model.ts'
import type {OpenRegistries, RegistryAccess} from '../ecr/inventory/registries.ts'
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
  const [{openRegistries}, {liveInventory}] = await Promise.all([
    import('../ecr/inventory/registries.ts'),
    import('../ecr/inventory/live.ts'),
  ])
  const {now, signal, wait} = aws
  const context: RegistryContext = {now, signal, wait, concurrency, retryForMs, onEvent: () => {}}
  const open = await openRegistries(words, estate, {environment: aws, context, access, accounts, region})
  const asked = new Map<string, Promise<boolean>>()
  return {
    source: liveInventory(open, context),
    callers: open.callers,
    warnings: open.warnings,
    countsAsPull({host}) {
      const answer = asked.get(host) ?? isCounted(open, host)
      asked.set(host, answer)
      return answer
    },
    traffic: () => open.traffic(),
    close: () => open.close(),
  }
}

const retryForMs = 10 * 60_000

/** That ECR counts BatchGetImage as a pull is unconfirmed; whose pulls do not count, the registry says. */
async function isCounted(open: OpenRegistries, host: string): Promise<boolean> {
  const {api, caller} = open.registryOf(host)
  for await (const page of api.registry.pullTimeExclusions()) {
    if (page.some(principal => isPrincipal(principal, caller.arn))) return false
  }
  return true
}

/** A session is named `assumed-role/ROLE/SESSION`, without the path of the role. */
function isPrincipal(principal: string, caller: string): boolean {
  if (principal === caller) return true
  const [, account, role] = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller) ?? []
  const [, owner, path = ''] = /^arn:[a-z-]+:iam::(\d{12}):role\/(.+)$/.exec(principal) ?? []
  return role !== undefined && account === owner && path.split('/').at(-1) === role
}
