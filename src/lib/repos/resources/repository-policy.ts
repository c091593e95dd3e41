import type {PolicySetting} from '../../config/settings.ts'
import {diffPolicies} from '../iam/diff.ts'
import {requireReadable} from '../iam/document.ts'
import {desiredPolicy, exportPolicy} from '../iam/policy.ts'
import type {RepositoryResource} from '../resource.ts'

/**
 * Who may do what with the repository; its text. One that lets nobody set another policy is ECR's to refuse: the request
 * never forces it (API reference, SetRepositoryPolicy, force).
 */
export const repositoryPolicy: RepositoryResource<PolicySetting, string> = {
  key: 'policy',
  title: 'repository policy',
  isKeyed: false,
  verbs: ['set-repository-policy', 'delete-repository-policy'],
  fields: {
    'SetRepositoryPolicy.policyText': 'policy',
  },
  async read({at, name}) {
    const text = await at.api.repositories.getRepositoryPolicy(name)
    if (text === null) return new Map()
    return new Map([['', requireReadable(text, `${at.registry.label}/${name}: the repository policy`)]])
  },
  desired: (setting, live) => desiredPolicy(setting, live),
  diff: diffPolicies,
  async apply(mutations, {place, wanted}) {
    if (wanted === null) await mutations.deleteRepositoryPolicy(place)
    else await mutations.setRepositoryPolicy(place, wanted)
  },
  export: exportPolicy,
}
