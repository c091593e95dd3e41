import type {TagMutabilitySetting} from '../../config/settings.ts'
import {diffValue} from '../compare.ts'
import type {RepositoryResource} from '../resource.ts'

/** Whether tags may move, and which ones are excepted. */
export const tagMutability: RepositoryResource<TagMutabilitySetting, TagMutabilitySetting> = {
  key: 'tagMutability',
  title: 'tag mutability',
  isKeyed: false,
  verbs: ['put-tag-mutability'],
  fields: {
    'CreateRepository.imageTagMutability': 'tagMutability.mode',
    'CreateRepository.imageTagMutabilityExclusionFilters.filter': 'tagMutability.except',
    'PutImageTagMutability.imageTagMutability': 'tagMutability.mode',
    'PutImageTagMutability.imageTagMutabilityExclusionFilters.filter': 'tagMutability.except',
  },
  async read({described}) {
    const repository = await described()
    if (repository === null) return new Map()
    const {imageTagMutability: mode, imageTagMutabilityExclusionFilters: filters = []} = repository
    if (mode === undefined) return new Map()
    return new Map([['', inOrder({mode, except: filters.flatMap(({filter}) => filter ?? [])})]])
  },
  desired: (setting, live) => ({state: setting === null ? live : inOrder(setting), foreign: [], notes: []}),
  diff(live, wanted) {
    return [
      ...diffValue('mode', live?.mode, wanted?.mode),
      ...diffValue('except', live?.except, wanted?.except),
    ]
  },
  async apply(mutations, {place, wanted}) {
    if (wanted !== null) await mutations.putTagMutability(place, wanted)
  },
  export: live => live,
}

/** ECR takes the filters as a set. */
function inOrder({mode, except}: TagMutabilitySetting): TagMutabilitySetting {
  return {mode, except: [...new Set(except)].toSorted()}
}
