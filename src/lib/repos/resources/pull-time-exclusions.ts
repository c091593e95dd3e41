import {diffValue} from '../compare.ts'
import type {RegistryResource} from '../resource.ts'

/** Roles and users whose pulls do not count as use (API reference, RegisterPullTimeUpdateExclusion). */
export const pullTimeExclusions: RegistryResource<true, true> = {
  key: 'pullTimeExclusions',
  title: 'pull-time exclusion',
  isKeyed: true,
  verbs: ['register-pull-time-exclusion', 'deregister-pull-time-exclusion'],
  fields: {
    'RegisterPullTimeUpdateExclusion.principalArn': 'pullTimeExclusions.*',
    'DeregisterPullTimeUpdateExclusion.principalArn': 'pullTimeExclusions.*',
  },
  async read({at}) {
    const found = new Map<string, true>()
    for await (const page of at.api.registry.pullTimeExclusions()) {
      for (const principal of page) found.set(principal, true)
    }
    return found
  },
  desired: setting => ({state: setting, foreign: [], notes: []}),
  diff: (live, wanted) => diffValue('', live, wanted),
  async apply(mutations, {place: {at}, entry, wanted}) {
    if (wanted === null) await mutations.deregisterPullTimeExclusion(at, entry)
    else await mutations.registerPullTimeExclusion(at, entry)
  },
  export: live => live,
}
