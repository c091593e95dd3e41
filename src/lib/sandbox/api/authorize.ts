import type {Access, AskedTags, Target} from '../access/access.ts'
import {parseRepositoryArn} from '../identity/partition.ts'
import type {Tag} from './model/ecr.ts'

/** The members that say what an operation is about; each has some of them. */
interface Asked {
  readonly registryId?: string
  readonly repositoryName?: string
  readonly repositoryNames?: readonly string[]
  readonly resourceArn?: string
  readonly tags?: readonly Tag[]
  readonly tagKeys?: readonly string[]
}

// Operations whose permission has another name than they. The API reference says so of ListImageReferrers.
const permissions = new Map([['ListImageReferrers', 'BatchGetImage']])

/**
 * Holds a call of any operation of ECR to the policies: it is about the repositories that its input names, or else about
 * the registry.
 *
 * @throws {EcrError} AccessDeniedException.
 */
export function authorize(access: Access, region: string, operation: string, input: Asked): void {
  const tags = tagsOf(input)
  for (const target of targetsOf(
    {account: input.registryId ?? access.caller.account, region},
    operation,
    input,
  )) {
    access.require(permissions.get(operation) ?? operation, target, tags)
    // ECR user guide, "Using tag-based access control".
    if (operation === 'CreateRepository' && tags.tagKeys !== undefined)
      access.require('TagResource', target, tags)
  }
}

function targetsOf(registry: Target, operation: string, input: Asked): readonly Target[] {
  const {repositoryName, repositoryNames, resourceArn} = input
  if (repositoryName !== undefined) return [{...registry, name: repositoryName}]
  if (repositoryNames !== undefined) return repositoryNames.map(name => ({...registry, name}))
  if (operation === 'DescribeRepositories') return [{...registry, name: '*'}]
  // An ARN that is none is refused by the operation.
  return [parseRepositoryArn(resourceArn ?? '') ?? registry]
}

function tagsOf({tags = [], tagKeys}: Asked): AskedTags {
  if (tagKeys !== undefined) return {tagKeys}
  if (tags.length === 0) return {}
  return {
    requestTags: Object.fromEntries(tags.map(({Key, Value}) => [Key, Value])),
    tagKeys: tags.map(({Key}) => Key),
  }
}
