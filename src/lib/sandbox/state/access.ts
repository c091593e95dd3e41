import {accessDenied, repositoryNotFound} from '../ecr-error.ts'
import type {Caller} from '../identity/caller.ts'
import {repositoryArn} from '../identity/partition.ts'
import {decide} from './policy.ts'
import type {Repository, RepositoryId} from './repository.ts'
import type {World} from './world.ts'

/**
 * The repository, if it is there and the caller may do `action` (without `ecr:`) with it: anything in the caller's own
 * account unless the repository's policy denies it, elsewhere what that policy allows.
 *
 * @throws {EcrError} AccessDeniedException, also for a missing repository of another account;
 *   RepositoryNotFoundException.
 */
export function openRepository(world: World, caller: Caller, id: RepositoryId, action: string): Repository {
  const repository = world.repository(id)
  const decision = decide(repository?.settings.policy, caller, `ecr:${action}`)
  const resource = repositoryArn(id.account, id.region, id.name)
  if (decision === 'denied') {
    throw accessDenied(
      caller.arn,
      `ecr:${action}`,
      resource,
      'with an explicit deny in a resource-based policy',
    )
  }
  if (caller.account !== id.account && decision !== 'allowed') throw notAllowed(caller, resource, action)
  if (repository === undefined) throw repositoryNotFound(id.name, id.account)
  return repository
}

/** @throws {EcrError} AccessDeniedException unless the registry is the caller's own. */
export function requireOwnRegistry(caller: Caller, account: string, action: string, resource = '*'): void {
  if (caller.account !== account) throw notAllowed(caller, resource, action)
}

function notAllowed(caller: Caller, resource: string, action: string): Error {
  return accessDenied(
    caller.arn,
    `ecr:${action}`,
    resource,
    `because no resource-based policy allows the ecr:${action} action`,
  )
}
