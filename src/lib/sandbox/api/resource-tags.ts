import {invalidParameter, repositoryNotFound} from '../ecr-error.ts'
import {parseRepositoryArn} from '../identity/partition.ts'
import type {Repository} from '../state/repository.ts'
import {type AskedTag, withoutTags, withTags} from '../state/resource-tags.ts'
import type {Call, EcrHandlers} from './operation.ts'

export const resourceTagOperations = tagOperations(named) satisfies Partial<EcrHandlers>

export interface Tagging {
  readonly resourceArn: string
  readonly tags: readonly AskedTag[]
}

export interface Untagging {
  readonly resourceArn: string
  readonly tagKeys: readonly string[]
}

/** The operations on the tags of repositories, which `named` finds by their ARN. */
export function tagOperations(named: (call: Call, arn: string) => Repository) {
  return {
    TagResource: (call: Call, {resourceArn, tags}: Tagging) => {
      const repository = named(call, resourceArn)
      const {settings} = repository
      repository.settings = {...settings, tags: withTags(settings.tags ?? {}, tags)}
      return {}
    },

    UntagResource: (call: Call, {resourceArn, tagKeys}: Untagging) => {
      const repository = named(call, resourceArn)
      const {settings} = repository
      repository.settings = {...settings, tags: withoutTags(settings.tags ?? {}, tagKeys)}
      return {}
    },

    ListTagsForResource: (call: Call, {resourceArn}: Pick<Tagging, 'resourceArn'>) => {
      const {tags = {}} = named(call, resourceArn).settings
      return {tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))}
    },
  }
}

/** Only repositories have tags. That an ARN of another region is as bad as none is unconfirmed. */
function named({world, region}: Call, arn: string): Repository {
  const id = parseRepositoryArn(arn)
  if (id?.region !== region) throw invalidParameter('resourceArn', 'Invalid ARN')
  const repository = world.repository(id)
  if (repository === undefined) throw repositoryNotFound(id.name, id.account)
  return repository
}
