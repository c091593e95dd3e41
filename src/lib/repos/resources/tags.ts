import {diffValue} from '../compare.ts'
import type {RepositoryResource} from '../resource.ts'

type Tags = Readonly<Record<string, string>>

/** What AWS knows a repository by, for costs and permissions: not the tags of its images. */
export const tags: RepositoryResource<Readonly<Record<string, string | null>>, Tags> = {
  key: 'tags',
  title: 'tags of AWS',
  isKeyed: false,
  verbs: ['tag-repository', 'untag-repository'],
  fields: {
    'CreateRepository.tags.Key': 'tags.*',
    'CreateRepository.tags.Value': 'tags.*',
    'TagResource.tags.Key': 'tags.*',
    'TagResource.tags.Value': 'tags.*',
    'UntagResource.tagKeys': 'tags.*',
  },
  async read({at, name}) {
    return new Map([['', await at.api.repositories.tags(name)]])
  },
  desired(setting, live) {
    const wanted = Object.entries(setting ?? {})
    const ours = wanted.filter(([key]) => !isReserved(key))
    const named = new Set(ours.map(([key]) => key))
    const others = Object.entries(live ?? {}).filter(([key]) => !named.has(key))
    const kept = ours.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))
    return {
      state: Object.fromEntries([...others, ...kept].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      foreign: others.map(([key, value]) => `${key}: ${value}`).toSorted(),
      notes: wanted
        .filter(([key]) => isReserved(key))
        .map(([key]) => `${key} is AWS's own to set: it was left as it is.`),
    }
  },
  diff(live, wanted) {
    const keys = [...new Set([...Object.keys(live ?? {}), ...Object.keys(wanted ?? {})])].toSorted()
    return keys.flatMap(key => diffValue(key, valueOf(live, key), valueOf(wanted, key)))
  },
  async apply(mutations, {place, live, wanted}) {
    const set = Object.entries(wanted ?? {}).filter(([key, value]) => valueOf(live, key) !== value)
    const gone = Object.keys(live ?? {}).filter(key => valueOf(wanted, key) === undefined)
    if (set.length > 0) await mutations.tagRepository(place, Object.fromEntries(set))
    if (gone.length > 0) await mutations.untagRepository(place, gone)
  },
  export(live) {
    const own = Object.entries(live).filter(([key]) => !isReserved(key))
    return own.length === 0 ? undefined : Object.fromEntries(own)
  },
}

/** A key may be called as what every object has. */
function valueOf(tags: Tags | null, key: string): string | undefined {
  return tags !== null && Object.hasOwn(tags, key) ? tags[key] : undefined
}

/** AWS general reference, tagging: in any case of letters. */
function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:')
}
