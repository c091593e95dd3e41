import type {PlacedSetting} from '../../config/lifecycle/readable.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import {policyOfSetting} from '../../lifecycle/desired.ts'
import type {RuleChange} from '../../lifecycle/plan-model.ts'
import type {LifecyclePolicy, LifecycleRule} from '../../lifecycle/policy.ts'
import {diffPolicies} from '../../lifecycle/policy-diff.ts'
import {canonicalPolicy, printPolicy} from '../../lifecycle/policy-text.ts'
import {policyOfEcr} from '../../lifecycle/read-policy.ts'
import type {Json} from '../../plan/canonical.ts'
import type {DiffLine, RepositoryResource} from '../resource.ts'

/**
 * Which images go when. One that this version does not understand is refused when it is read (UNKNOWN_POLICY), and so
 * never overwritten.
 */
export const lifecycle: RepositoryResource<PlacedSetting, LifecyclePolicy> = {
  key: 'lifecycle',
  title: 'lifecycle policy',
  isKeyed: false,
  verbs: ['put-lifecycle-policy', 'delete-lifecycle-policy'],
  fields: {'PutLifecyclePolicy.lifecyclePolicyText': 'lifecycle'},
  async read({at, name}) {
    const stored = await at.api.lifecycle.getPolicy(name)
    return new Map(stored === null ? [] : [['', livePolicy(at, name, stored.text)]])
  },
  desired(setting, _live, {estate}) {
    const placed = setting && policyOfSetting(estate, setting)
    const state = placed?.kind === 'policy' ? inOneForm(placed.policy) : null
    return {state, foreign: [], notes: []}
  },
  diff: (live, wanted) =>
    live === wanted ? [] : diffPolicies(live, wanted).flatMap(change => lineOf(change) ?? []),
  async apply(mutations, {place, wanted}) {
    if (wanted === null) await mutations.deleteLifecyclePolicy(place)
    else await mutations.putLifecyclePolicy(place, printPolicy(wanted))
  },
  export: ({rules}) => ({
    value: {use: [], keep: [], expire: [], archive: [], rules: rules.map(inGrammar), origin: fromEcr},
    origin: fromEcr,
  }),
}

/** Most repositories of a registry have one of a few policies: each text is read once. */
const known = new WeakMap<OpenRegistry, Map<string, LifecyclePolicy>>()

function livePolicy(at: OpenRegistry, name: string, text: string): LifecyclePolicy {
  const policies = known.get(at) ?? new Map<string, LifecyclePolicy>()
  known.set(at, policies)
  const policy = policies.get(text) ?? inOneForm(policyOfEcr(text, `${at.registry.label}/${name}`))
  policies.set(text, policy)
  return policy
}

/** By the policy, which never changes: all repositories of a setting have the same. */
const forms = new WeakMap<LifecyclePolicy, LifecyclePolicy>()

function inOneForm(policy: LifecyclePolicy): LifecyclePolicy {
  const form = forms.get(policy) ?? canonicalPolicy(policy)
  forms.set(policy, form)
  return form
}

function lineOf({kind, before, after}: RuleChange): DiffLine | null {
  const path = `rules.${(after ?? before)?.rulePriority ?? 0}`
  const json = (rule: LifecycleRule | null) => rule as unknown as Json
  switch (kind) {
    case 'same':
      return null
    case 'added':
      return {sign: '+', path, after: json(after)}
    case 'removed':
      return {sign: '-', path, before: json(before)}
    case 'changed':
      return {sign: '~', path, before: json(before), after: json(after)}
  }
}

type Grammar = NonNullable<NonNullable<PlacedSetting['value']>['rules']>[number]

function inGrammar({selection, ...rule}: LifecycleRule): Grammar {
  const {tagPatternList, tagPrefixList, ...others} = selection
  return {
    ...rule,
    selection: {
      ...others,
      ...(tagPatternList === undefined ? {} : {tagPatternList: [...tagPatternList]}),
      ...(tagPrefixList === undefined ? {} : {tagPrefixList: [...tagPrefixList]}),
    },
  }
}

/** Where what was not written in a file comes from. */
const fromEcr = {file: 'ECR', line: 1, column: 1}
