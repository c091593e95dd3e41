import type {SigningSetting} from '../../config/settings.ts'
import {diffValue} from '../compare.ts'
import type {RegistryResource, Wanted} from '../resource.ts'

/** Patterns of repositories by the ARN of the profile that signs what is pushed to them; none for all repositories. */
export type SigningRules = Readonly<Record<string, readonly string[]>>

/** By which rules ECR signs what is pushed. That there are no rules and that there is no configuration is the same. */
export const signing: RegistryResource<SigningSetting, SigningRules> = {
  key: 'signing',
  title: 'signing configuration',
  isKeyed: false,
  verbs: ['put-signing-configuration', 'delete-signing-configuration'],
  fields: {
    'PutSigningConfiguration.signingConfiguration.rules.signingProfileArn': 'signing.rules.profile',
    'PutSigningConfiguration.signingConfiguration.rules.repositoryFilters.filter':
      'signing.rules.repositories',
  },
  async read({at}) {
    const rules = (await at.api.settings.signingConfiguration()) ?? []
    const told = rules.map(({profile, repositories = []}) => [profile, repositories] as const)
    return told.length === 0 ? new Map() : new Map([['', merged(told)]])
  },
  desired: (setting, live) =>
    setting === null ? {state: null, foreign: [], notes: []} : mergedWith(live ?? {}, setting),
  diff(live, wanted) {
    const [before, after] = [live ?? {}, wanted ?? {}]
    const profiles = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...profiles].toSorted().flatMap(profile => diffValue(profile, before[profile], after[profile]))
  },
  async apply(mutations, {place: {at}, wanted}) {
    if (wanted === null) await mutations.deleteSigningConfiguration(at)
    else await mutations.putSigningConfiguration(at, rulesOf(wanted))
  },
  export: live => ({rules: rulesOf(live)}),
}

/** What others wrote stays, unless the file says that it goes, or that there is nothing besides what it names. */
function mergedWith(
  live: SigningRules,
  {rules = [], exclusive = false}: SigningSetting,
): Wanted<SigningRules> {
  const named = new Set(rules.map(({profile}) => profile))
  const others = exclusive ? [] : Object.entries(live).filter(([profile]) => !named.has(profile))
  const own = rules.flatMap(({profile, repositories = [], state}) =>
    state === 'absent' ? [] : [[profile, repositories] as const],
  )
  const all = [...others, ...own]
  const foreign = others.map(
    ([profile, repositories]) => `${profile}: ${repositories.join(', ') || 'all repositories'}`,
  )
  return {state: all.length === 0 ? null : merged(all), foreign, notes: []}
}

/** One entry for each profile; a rule without patterns is for all repositories, whatever the others of its profile say. */
function merged(
  rules: readonly (readonly [profile: string, repositories: readonly string[]])[],
): SigningRules {
  const byProfile = Map.groupBy(rules, ([profile]) => profile)
  return Object.fromEntries(
    [...byProfile].map(([profile, same]) => {
      const isForAll = same.some(([, repositories]) => repositories.length === 0)
      const patterns = new Set(isForAll ? [] : same.flatMap(([, repositories]) => repositories))
      return [profile, [...patterns].toSorted()]
    }),
  )
}

function rulesOf(rules: SigningRules): NonNullable<SigningSetting['rules']> {
  return Object.entries(rules).map(([profile, repositories]) =>
    repositories.length === 0 ? {profile} : {profile, repositories},
  )
}
