import type {PolicySetting} from '../../config/settings.ts'
import {diffPolicies} from '../iam/diff.ts'
import {requireReadable} from '../iam/document.ts'
import {desiredPolicy, exportPolicy} from '../iam/policy.ts'
import type {RegistryResource} from '../resource.ts'

/** Who may do what in the registry as a whole; its text. */
export const registryPolicy: RegistryResource<PolicySetting, string> = {
  key: 'policy',
  title: 'registry policy',
  isKeyed: false,
  verbs: ['put-registry-policy', 'delete-registry-policy'],
  fields: {
    'PutRegistryPolicy.policyText': 'policy',
  },
  async read({at}) {
    const text = await at.api.registry.policy()
    if (text === null) return new Map()
    return new Map([['', requireReadable(text, `${at.registry.label}: the registry policy`)]])
  },
  desired: (setting, live) => desiredPolicy(setting, live),
  diff: diffPolicies,
  async apply(mutations, {place, wanted}) {
    if (wanted === null) await mutations.deleteRegistryPolicy(place.at)
    else await mutations.putRegistryPolicy(place.at, wanted)
  },
  export: exportPolicy,
}
