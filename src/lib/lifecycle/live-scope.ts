import {liveInventory} from '../ecr/inventory/live.ts'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import type {RegistryContext} from '../oci/registry.ts'
import type {OpenScope} from './plan-world.ts'

/** What registries that are open know of the repositories that are meant. */
export function liveScope(open: OpenRegistries, context: RegistryContext): OpenScope {
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
