import {invalidParameter, repositoryNotFound} from '../ecr-error.ts'
import {parseRepositoryArn} from '../identity/partition.ts'
import type {Repository} from '../state/repository.ts'
import {withoutTags, withTags} from '../state/resource-tags.ts'
import type {Call, EcrHandlers} from './operation.ts'

export const resourceTagOperations = {
  TagResource: (call, {resourceArn, tags}) => {
    const repository = named(call, resourceArn)
    const {settings} = repository
    repository.settings = {...settings, tags: withTags(settings.tags ?? {}, tags)}
    return {}
  },

  UntagResource: (call, {resourceArn, tagKeys}) => {
    const repository = named(call, resourceArn)
    const {settings} = repository
    repository.settings = {...settings, tags: withoutTags(settings.tags ?? {}, tagKeys)}
    return {}
  },

  ListTagsForResource: (call, {resourceArn}) => {
    const {tags = {}} = named(call, resourceArn).settings
    return {tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))}
  },
} satisfies Partial<EcrHandlers>

/** Only repositories have tags. That an ARN of another region is as bad as none is unconfirmed. */
function named({world, region}: Call, arn: string): Repository {
  const id = parseRepositoryArn(arn)
  if (id?.region !== region) throw invalidParameter('resourceArn', 'Invalid ARN')
  const repository = world.repository(id)
  if (repository === undefined) throw repositoryNotFound(id.name, id.account)
  return repository
}
