import type {SigningRule} from '@aws-sdk/client-ecr'
import type {SigningSetting} from '../../config/settings.ts'
import type {Json} from '../../plan/canonical.ts'
import {diffSet, diffValue, sortedSet} from '../compare.ts'
import type {RegistryResource, Wanted} from '../resource.ts'

/** What of that which is pushed is signed. */
export interface LiveSigning {
  /** Patterns of repositories by the ARN of the profile that signs them; none for all repositories. */
  readonly rules: Readonly<Record<string, readonly string[]>>
  /** Rules that this version does not understand whole, as ECR tells them. */
  readonly others?: readonly Json[]
}

/** By which rules ECR signs what is pushed. That there are no rules and that there is no configuration is the same. */
export const signing: RegistryResource<SigningSetting, LiveSigning> = {
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
    return new Map(rules.length === 0 ? [] : [['', liveSigning(rules)]])
  },
  desired(setting, live) {
    if (setting === null) return {state: null, foreign: [], notes: []}
    return desiredSigning(setting, live ?? {rules: {}})
  },
  diff(live, wanted) {
    const [before, after] = [live?.rules ?? {}, wanted?.rules ?? {}]
    const profiles = sortedSet([...Object.keys(before), ...Object.keys(after)])
    return [
      ...profiles.flatMap(profile => diffValue(`rules.${profile}`, before[profile], after[profile])),
      ...diffSet('rules', live?.others ?? [], wanted?.others ?? []),
    ]
  },
  async apply(mutations, {place: {at}, wanted}) {
    if (wanted === null) await mutations.deleteSigningConfiguration(at)
    else await mutations.putSigningConfiguration(at, storedRules(wanted))
  },
  export({rules}) {
    const known = Object.entries(rules).map(([profile, repositories]) =>
      repositories.length === 0 ? {profile} : {profile, repositories},
    )
    return known.length === 0 ? undefined : {rules: known}
  },
}

type Entry = readonly [profile: string, repositories: readonly string[]]

function liveSigning(rules: readonly SigningRule[]): LiveSigning {
  const others = rules.filter(rule => !isPlain(rule)).map(rule => rule as unknown as Json)
  const known = rules.filter(isPlain).map(({signingProfileArn = '', repositoryFilters = []}): Entry => {
    return [signingProfileArn, repositoryFilters.map(({filter = ''}) => filter)]
  })
  return {rules: merged(known), ...(others.length > 0 && {others})}
}

/** Whether a rule says a profile and plain patterns, and nothing else. */
function isPlain({signingProfileArn, repositoryFilters = [], ...more}: SigningRule): boolean {
  return (
    typeof signingProfileArn === 'string' &&
    Object.keys(more).length === 0 &&
    repositoryFilters.every(
      ({filter, filterType, ...more}) =>
        typeof filter === 'string' && filterType === 'WILDCARD_MATCH' && Object.keys(more).length === 0,
    )
  )
}

function storedRules({rules, others = []}: LiveSigning): SigningRule[] {
  const known = Object.entries(rules).map(([signingProfileArn, patterns]): SigningRule => {
    const repositoryFilters = patterns.map(filter => ({filter, filterType: 'WILDCARD_MATCH' as const}))
    return {signingProfileArn, ...(patterns.length > 0 && {repositoryFilters})}
  })
  return [...known, ...(others as unknown as readonly SigningRule[])]
}

/** What others wrote stays, unless the file says that it goes, or that there is nothing besides what it names. */
function desiredSigning(setting: SigningSetting, live: LiveSigning): Wanted<LiveSigning> {
  const {rules = []} = setting
  // By itself it is for the rules that stronger levels may say.
  const exclusive = setting.exclusive === true && setting.rules !== undefined
  const named = new Set(rules.map(({profile}) => profile))
  const foreign = exclusive ? [] : Object.entries(live.rules).filter(([profile]) => !named.has(profile))
  const own = rules.flatMap(({profile, repositories = [], state}): Entry[] =>
    state === 'absent' ? [] : [[profile, repositories]],
  )
  const entries = [...foreign, ...own]
  const others = exclusive ? [] : (live.others ?? [])
  const state = {rules: merged(entries), ...(others.length > 0 && {others})}
  return {
    state: entries.length + others.length === 0 ? null : state,
    foreign: [
      ...foreign.map(([profile, patterns]) => `${profile}: ${patterns.join(', ') || 'all repositories'}`),
      ...others.map(rule => JSON.stringify(rule)),
    ],
    notes: [],
  }
}

/** One entry for each profile; a rule without patterns is for all repositories, whatever the others of its profile say. */
function merged(entries: readonly Entry[]): LiveSigning['rules'] {
  const byProfile = Map.groupBy(entries, ([profile]) => profile)
  return Object.fromEntries(
    [...byProfile].map(([profile, same]) => {
      const isForAll = same.some(([, patterns]) => patterns.length === 0)
      return [profile, sortedSet(isForAll ? [] : same.flatMap(([, patterns]) => patterns))]
    }),
  )
}
