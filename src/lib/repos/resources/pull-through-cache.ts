import type {UpstreamRegistry} from '@aws-sdk/client-ecr'
import type {PullThroughCacheSetting} from '../../config/settings.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import {FailureError} from '../../errors.ts'
import {oneLine} from '../../oci/one-line.ts'
import {diffValue} from '../compare.ts'
import type {RegistryResource, Wanted} from '../resource.ts'

/** A rule by which a registry keeps copies of what another one has. What it leaves out is not told, or is nothing. */
export type PullThroughCacheRule = PullThroughCacheSetting

/** What ECR keeps as it was when the rule was made (API reference, UpdatePullThroughCacheRule). */
const fixed = ['upstream', 'kind', 'upstreamPrefix'] as const
const changeable = ['credential', 'role'] as const

/**
 * Rules by their prefix. What the file does not say of a rule stays as it is: neither credential nor role can be taken away
 * from one. A rule that was made or changed is tried at once.
 */
export const pullThroughCache: RegistryResource<PullThroughCacheSetting, PullThroughCacheRule> = {
  key: 'pullThroughCache',
  title: 'pull-through cache rule',
  isKeyed: true,
  verbs: [
    'create-pull-through-cache-rule',
    'update-pull-through-cache-rule',
    'delete-pull-through-cache-rule',
  ],
  fields: {
    'CreatePullThroughCacheRule.ecrRepositoryPrefix': 'pullThroughCache.*',
    'CreatePullThroughCacheRule.upstreamRegistryUrl': 'pullThroughCache.*.upstream',
    'CreatePullThroughCacheRule.upstreamRegistry': 'pullThroughCache.*.kind',
    'CreatePullThroughCacheRule.upstreamRepositoryPrefix': 'pullThroughCache.*.upstreamPrefix',
    'CreatePullThroughCacheRule.credentialArn': 'pullThroughCache.*.credential',
    'CreatePullThroughCacheRule.customRoleArn': 'pullThroughCache.*.role',
    'UpdatePullThroughCacheRule.ecrRepositoryPrefix': 'pullThroughCache.*',
    'UpdatePullThroughCacheRule.credentialArn': 'pullThroughCache.*.credential',
    'UpdatePullThroughCacheRule.customRoleArn': 'pullThroughCache.*.role',
    'DeletePullThroughCacheRule.ecrRepositoryPrefix': 'pullThroughCache.*',
  },
  async read({at}) {
    const found = new Map<string, PullThroughCacheRule>()
    for await (const page of at.api.pullThrough.pullThroughCacheRules()) {
      for (const {prefix, ...rule} of page) found.set(prefix, rule)
    }
    return found
  },
  desired(setting, live): Wanted<PullThroughCacheRule> {
    if (setting === null) return {state: null, foreign: [], notes: []}
    const state = {...live, ...setting}
    const other = live === null ? [] : fixed.filter(key => diffValue(key, live[key], state[key]).length > 0)
    return {
      state,
      foreign: [],
      notes: [],
      ...(other.length > 0 && {
        blocked: `ECR does not change ${other.join(' and ')} of a pull-through cache rule. Set the rule to null and apply, then write it anew and apply again; repositories that it made stay.`,
      }),
    }
  },
  diff(live, wanted) {
    // What is not said of a rule is whatever ECR makes of it.
    const said = [...fixed, ...changeable].filter(key => wanted === null || wanted[key] !== undefined)
    return said.flatMap(key => diffValue(key, live?.[key], wanted?.[key]))
  },
  async apply(mutations, {place: {at}, entry, live, wanted}) {
    if (wanted === null) return mutations.deletePullThroughCacheRule(at, entry)
    const {upstream, kind, upstreamPrefix, credential, role} = wanted
    const update = {
      ...(credential !== undefined && {credentialArn: credential}),
      ...(role !== undefined && {customRoleArn: role}),
    }
    if (live === null) {
      await mutations.createPullThroughCacheRule(at, {
        ecrRepositoryPrefix: entry,
        upstreamRegistryUrl: upstream,
        // A name that this version does not know is for ECR to judge.
        ...(kind !== undefined && {upstreamRegistry: kind as UpstreamRegistry}),
        ...(upstreamPrefix !== undefined && {upstreamRepositoryPrefix: upstreamPrefix}),
        ...update,
      })
    } else await mutations.updatePullThroughCacheRule(at, entry, update)
    await assertValid(at, entry, wanted)
  },
  export: live => live,
}

/** @throws {FailureError} PULL_THROUGH_CACHE_INVALID: the rule is there, and brings nothing. */
async function assertValid(
  at: OpenRegistry,
  prefix: string,
  {upstream}: PullThroughCacheRule,
): Promise<void> {
  const {isValid, failure} = await at.api.pullThrough.validatePullThroughCacheRule(prefix)
  if (isValid) return
  throw new FailureError(
    'PULL_THROUGH_CACHE_INVALID',
    `The pull-through cache rule ${prefix} of ${at.registry.host} is there now, but ECR gets nothing from ${upstream} with it: ${oneLine(failure, 300).replace(/\.$/, '')}. Correct the credential, its secret or the role.`,
  )
}
