import {readPolicy} from '../api/policy-text.ts'
import {accessDenied} from '../ecr-error.ts'
import {rootOf} from '../identity/caller.ts'
import {partitionOf, repositoryArn} from '../identity/partition.ts'
import {putPolicy} from '../lifecycle/stored-policy.ts'
import type {Services} from '../services.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import {tagMutabilityOf} from '../state/tag-mutability.ts'
import {type Occasion, type Template, templateFor} from './template.ts'

/**
 * Makes a repository that nobody asked for by CreateRepository: with the settings of its template, or the defaults.
 *
 * @throws {EcrError} AccessDeniedException when the template needs a role and has none; LimitExceededException;
 *   RepositoryAlreadyExistsException.
 */
export function createFor(services: Services, id: RepositoryId, occasion: Occasion): Repository {
  const {world, now} = services
  const template = templateFor(world.registry(id.account, id.region), id.name, occasion)
  if (template !== undefined) requireRole(template, id)
  const {kmsKey, encryptionType = 'AES256'} = template?.encryptionConfiguration ?? {}
  const filters = template?.imageTagMutabilityExclusionFilters?.map(({filter}) => filter)
  const repository = world.createRepository(id, {
    createdAt: now(),
    createdBy: occasion,
    tagMutability: tagMutabilityOf(template?.imageTagMutability ?? 'MUTABLE', filters),
    scanOnPush: false,
    encryption: {encryptionType, ...(kmsKey ? {kmsKey} : {})},
    ...(template?.resourceTags && {
      tags: Object.fromEntries(template.resourceTags.map(({Key, Value}) => [Key, Value])),
    }),
    ...(template?.repositoryPolicy && {policy: readPolicy(world, template.repositoryPolicy, 'repository')}),
  })
  if (template?.lifecyclePolicy) putPolicy(services, repository, template.lifecyclePolicy)
  return repository
}

// Tags and keys of one's own take a role (ECR user guide, repository-creation-templates); without it nothing is made. That
// ECR then lacks just these permissions, and the words, are unconfirmed.
function requireRole(
  {resourceTags = [], encryptionConfiguration, customRoleArn}: Template,
  id: RepositoryId,
): void {
  if (customRoleArn) return
  const {account, region, name} = id
  const actions = [
    ...(resourceTags.length > 0 ? ['ecr:TagResource'] : []),
    ...(encryptionConfiguration?.encryptionType.startsWith('KMS') ? ['kms:CreateGrant'] : []),
  ]
  const [action] = actions
  if (action === undefined) return
  const {arn} = rootOf(account, partitionOf(region).name)
  const because = `because no identity-based policy allows the ${action} action`
  throw accessDenied(arn, action, repositoryArn(account, region, name), because)
}
