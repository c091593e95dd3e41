import type {UpstreamRegistry} from '@aws-sdk/client-ecr'
import type {PullThroughCacheSetting} from '../../config/settings.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import {orUnknown} from '../../ecr/unknowable.ts'
import {FailureError} from '../../errors.ts'
import {oneLine} from '../../oci/one-line.ts'
import {diffValue} from '../compare.ts'
import type {DiffLine, RegistryResource, Wanted} from '../resource.ts'

/** A rule by which a registry keeps copies of what another one has. What it leaves out is not told, or is nothing. */
export interface LivePullThroughCache extends PullThroughCacheSetting {
  /** Why ECR gets nothing with it, as a whole sentence; absent when it does, or was not asked. */
  readonly trouble?: string
}

/** What ECR keeps as it was when the rule was made (API reference, UpdatePullThroughCacheRule). */
const fixed = ['upstream', 'kind', 'upstreamPrefix'] as const
const changeable = ['credential', 'role'] as const

/**
 * Rules by their prefix. What the file does not say of a rule stays as it is: neither credential nor role can be taken away
 * from one. A rule that was made or changed is tried at once.
 */
export const pullThroughCache: RegistryResource<PullThroughCacheSetting, LivePullThroughCache> = {
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
  async read({at}, keys = []) {
    const found = new Map<string, LivePullThroughCache>()
    for await (const page of at.api.pullThrough.pullThroughCacheRules()) {
      for (const {prefix, ...rule} of page) found.set(prefix, rule)
    }
    const asked = keys.map(async prefix => {
      const rule = found.get(prefix)
      // Whoever may not try a rule may compare it all the same.
      const trouble = rule && (await orUnknown(() => troubleWith(at, prefix, rule), undefined))
      if (rule && trouble !== undefined) found.set(prefix, {...rule, trouble})
    })
    await Promise.all(asked)
    return found
  },
  desired(setting, live): Wanted<LivePullThroughCache> {
    if (setting === null) return {state: null, foreign: [], notes: []}
    const {trouble, ...known}: Partial<LivePullThroughCache> = live ?? {}
    const state = {...known, ...setting}
    const other = live === null ? [] : fixed.filter(key => diffMember(key, live, state).length > 0)
    return {
      state,
      foreign: [],
      notes: trouble === undefined ? [] : [trouble],
      ...(other.length > 0 && {
        blocked: `ECR does not change ${other.join(' and ')} of a pull-through cache rule. Set the rule to null and apply, then write it anew and apply again; repositories that it made stay.`,
      }),
    }
  },
  diff(live, wanted) {
    // What is not said of a rule is whatever ECR makes of it.
    const said = [...fixed, ...changeable].filter(key => wanted === null || wanted[key] !== undefined)
    return said.flatMap(key => diffMember(key, live, wanted))
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
  export(live) {
    const {trouble: _, ...rule} = live
    return rule
  },
}

/** Of a rule that is there, no prefix is the one that says that there is none (user guide, pull-through cache rules). */
function diffMember(
  key: (typeof fixed | typeof changeable)[number],
  live: LivePullThroughCache | null,
  wanted: LivePullThroughCache | null,
): DiffLine[] {
  const [before, after] = [live?.[key], wanted?.[key]]
  const isSame = live !== null && key === 'upstreamPrefix' && (before ?? 'ROOT') === after
  return isSame ? [] : diffValue(key, before, after)
}

/** @throws {FailureError} PULL_THROUGH_CACHE_INVALID: the rule is there, and brings nothing. */
async function assertValid(at: OpenRegistry, prefix: string, rule: PullThroughCacheSetting): Promise<void> {
  const trouble = await troubleWith(at, prefix, rule)
  if (trouble !== undefined) throw new FailureError('PULL_THROUGH_CACHE_INVALID', trouble)
}

async function troubleWith(
  {api, registry}: OpenRegistry,
  prefix: string,
  {upstream}: PullThroughCacheSetting,
): Promise<string | undefined> {
  const {isValid, failure} = await api.pullThrough.validatePullThroughCacheRule(prefix)
  if (isValid) return undefined
  const reason = oneLine(failure, 300).replace(/\.$/, '')
  return `${registry.label}: the pull-through cache rule ${prefix} is there, but ECR gets nothing from ${upstream} with it: ${reason}. Correct its credential, the secret or its role.`
}
