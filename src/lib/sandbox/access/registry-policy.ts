import type {Registry} from '../state/world.ts'
import type {PolicyDocument} from './document.ts'

/**
 * The policy of a registry, which every request to it is held to: its scope is V2 (ECR user guide, "Private registry
 * permissions").
 */
export function registryPolicyOf(registry: Registry): PolicyDocument | undefined {
  return table(registry).get('policy')
}

/** Sets the policy of a registry; `undefined` removes it. */
export function setRegistryPolicy(registry: Registry, policy: PolicyDocument | undefined): void {
  if (policy === undefined) table(registry).delete('policy')
  else table(registry).set('policy', policy)
}

function table(registry: Registry) {
  return registry.table<PolicyDocument>('policy')
}
