import {EcrError} from '../ecr-error.ts'
import {pullTimeExclusionsOf} from '../state/pull-times.ts'
import {requireRoom} from '../state/quotas.ts'
import type {Registry} from '../state/world.ts'
import {type EcrHandlers, registryOf, seconds} from './operation.ts'
import {page} from './pages.ts'

// The wordings of the refusals are unconfirmed.
export const pullTimeExclusionOperations = {
  RegisterPullTimeUpdateExclusion: (call, {principalArn}) => {
    const exclusions = pullTimeExclusionsOf(registryOf(call))
    if (exclusions.has(principalArn)) {
      throw new EcrError(
        'ExclusionAlreadyExistsException',
        `Pull time update exclusion for principal '${principalArn}' already exists in the registry with id '${call.caller.account}'`,
      )
    }
    const count = [...exclusions.from()].length
    requireRoom(count, call.world.quotas.pullTimeExclusions, 'pull time update exclusions')
    const createdAt = call.now()
    exclusions.set(principalArn, {createdAt})
    return {principalArn, createdAt: seconds(createdAt)}
  },

  DeregisterPullTimeUpdateExclusion: (call, {principalArn}) => {
    if (!pullTimeExclusionsOf(registryOf(call)).delete(principalArn)) {
      throw new EcrError(
        'ExclusionNotFoundException',
        `Pull time update exclusion for principal '${principalArn}' does not exist in the registry with id '${call.caller.account}'`,
      )
    }
    return {principalArn}
  },

  ListPullTimeUpdateExclusions: (call, input) => {
    const registry = registryOf(call)
    const {items, ...next} = page(call, registry.account, input, from => inOrder(registry, from))
    return {pullTimeUpdateExclusions: items, ...next}
  },
} satisfies Partial<EcrHandlers>

function* inOrder(registry: Registry, from: string): Generator<readonly [key: string, value: string]> {
  for (const [arn] of pullTimeExclusionsOf(registry).from(from)) yield [arn, arn]
}
