import type {TagMutabilityMode, TagMutabilitySetting} from '../../config/settings.ts'
import {diffValue} from '../compare.ts'
import type {RepositoryResource} from '../resource.ts'
import {knownAs, told} from '../told.ts'

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
  async read(place) {
    const repository = await place.described()
    if (repository === null) return new Map()
    const {imageTagMutability, imageTagMutabilityExclusionFilters: filters = []} = repository
    const mode = knownAs(
      told(imageTagMutability, 'imageTagMutability', place),
      modes,
      'imageTagMutability',
      place,
    )
    for (const {filterType} of filters) knownAs(filterType, ['WILDCARD'], filterField, place)
    return new Map([
      ['', inOrder({mode, except: filters.map(({filter}) => told(filter, filterField, place))})],
    ])
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

const filterField = 'imageTagMutabilityExclusionFilters'
const modes: readonly TagMutabilityMode[] = [
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
]

/** ECR takes the filters as a set. */
function inOrder({mode, except}: TagMutabilitySetting): TagMutabilitySetting {
  return {mode, except: [...new Set(except)].toSorted()}
}
