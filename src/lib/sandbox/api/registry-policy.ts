import {registryPolicyOf, setRegistryPolicy} from '../access/registry-policy.ts'
import {EcrError} from '../ecr-error.ts'
import type {Registry} from '../state/world.ts'
import type {Call, EcrHandlers} from './operation.ts'
import {printPolicy, readPolicy} from './policy-text.ts'

export const registryPolicyOperations = {
  PutRegistryPolicy: (call, input) => {
    const registry = registryOf(call)
    setRegistryPolicy(registry, readPolicy(call.world, input.policyText, 'registry'))
    return answer(registry)
  },

  GetRegistryPolicy: call => answer(registryOf(call)),

  DeleteRegistryPolicy: call => {
    const registry = registryOf(call)
    const deleted = answer(registry)
    setRegistryPolicy(registry, undefined)
    return deleted
  },
} satisfies Partial<EcrHandlers>

function registryOf({world, caller, region}: Call): Registry {
  return world.registry(caller.account, region)
}

function answer(registry: Registry) {
  const policy = registryPolicyOf(registry)
  if (policy !== undefined) return {registryId: registry.account, policyText: printPolicy(policy)}
  throw new EcrError(
    'RegistryPolicyNotFoundException',
    `Registry policy does not exist in the registry with id '${registry.account}'`,
  )
}
