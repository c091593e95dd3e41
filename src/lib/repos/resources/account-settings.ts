import {diffValue} from '../compare.ts'
import type {RegistryResource} from '../resource.ts'

/** Settings that ECR knows (API reference, PutAccountSetting); their names are free text, so that others may be written. */
const known = ['BASIC_SCAN_TYPE_VERSION', 'BLOB_MOUNTING', 'REGISTRY_POLICY_SCOPE']

/** Settings of the account in a region. None can be removed. */
export const accountSettings: RegistryResource<string, string> = {
  key: 'settings',
  title: 'account setting',
  isKeyed: true,
  verbs: ['put-account-setting'],
  fields: {
    'PutAccountSetting.name': 'settings.*',
    'PutAccountSetting.value': 'settings.*',
  },
  async read({at}, names = known) {
    const values = await Promise.all(
      names.map(async name => [name, await at.api.registry.accountSetting(name)] as const),
    )
    return new Map(values.filter(([, value]) => value !== ''))
  },
  desired: (setting, live) => ({state: setting ?? live, foreign: [], notes: []}),
  diff: (live, wanted) => diffValue('', live, wanted),
  async apply(mutations, {place, entry, wanted}) {
    if (wanted !== null) await mutations.putAccountSetting(place.at, entry, wanted)
  },
  export: live => live,
}
