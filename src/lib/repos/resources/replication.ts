import type {ReplicationRuleSetting, ReplicationSetting} from '../../config/settings.ts'
import {RefusalError} from '../../errors.ts'
import type {Json} from '../../plan/canonical.ts'
import {diffSet, diffValue, isSame, sortedSet} from '../compare.ts'
import type {DiffLine, RegistryResource, Wanted, Where} from '../resource.ts'
import {destinationsOf, destinationWord} from './replication-destinations.ts'
import {joinRules, type LiveRule, liveRules, ruleName, storedRules} from './replication-rules.ts'

type Rules = readonly LiveRule[]

/** Where what is pushed to a registry is brought. */
export const replication: RegistryResource<ReplicationSetting, Rules> = {
  key: 'replication',
  title: 'replication',
  isKeyed: false,
  verbs: ['put-replication-configuration'],
  fields: {
    'PutReplicationConfiguration.replicationConfiguration.rules.repositoryFilters.filter':
      'replication.rules.prefixes',
    'PutReplicationConfiguration.replicationConfiguration.rules.destinations.region': 'replication.rules.to',
    'PutReplicationConfiguration.replicationConfiguration.rules.destinations.registryId':
      'replication.rules.to',
    'PutReplicationConfiguration.replicationConfiguration.rules.deleteReplication.enabled':
      'replication.rules.deletions',
  },
  async read({at}) {
    const rules = liveRules(await at.api.registry.replicationRules())
    return new Map(rules.length === 0 ? [] : [['', rules]])
  },
  desired(setting, live, where) {
    if (setting === null) return {state: null, foreign: [], notes: []}
    return desiredRules(setting, live ?? [], where)
  },
  diff: (live, wanted) => {
    const names = sortedSet([...(live ?? []), ...(wanted ?? [])].map(ruleName))
    return names.flatMap(name => diffRules(name, ofName(live, name), ofName(wanted, name)))
  },
  async apply(mutations, {place: {at}, live, wanted}) {
    // What others made goes back as it came, not in our form.
    const stored = await at.api.registry.replicationRules()
    if (!isSame(liveRules(stored), live ?? []))
      throw new RefusalError(
        'PLAN_STALE',
        `The replication rules of ${at.registry.label} were changed meanwhile; they were left. Make a new plan.`,
      )
    await mutations.putReplicationConfiguration(at, storedRules(wanted ?? [], stored))
  },
  export(live, where) {
    const known = live.filter(({other}) => other === undefined)
    const byPrefixes = Map.groupBy(known, ruleName)
    const rules = [...byPrefixes.values()].flatMap(rules => settingOf(rules, where))
    return rules.length === 0 ? undefined : {rules}
  },
}

function desiredRules(setting: ReplicationSetting, live: Rules, where: Where): Wanted<Rules> {
  const {rules = []} = setting
  // By itself it is for the rules that stronger levels may say.
  const exclusive = setting.exclusive === true && setting.rules !== undefined
  const told = rules.map(rule => ({rule, ...destinationsOf(rule, where)}))
  // A rule that leads to this registry alone is meant for others that share the setting.
  const meant = told.filter(
    ({rule, to, unknown}) => rule.state === 'absent' || to.length + unknown.length > 0,
  )
  const named = new Set(meant.map(({rule}) => prefixesOf(rule)))
  const isOurs = (rule: LiveRule) => rule.other === undefined && named.has(ruleName(rule))
  const foreign = live.filter(rule => !isOurs(rule))
  const ours = meant.flatMap(({rule, to}) => {
    const there = live.filter(each => isOurs(each) && ruleName(each) === prefixesOf(rule))
    return rule.state === 'absent' ? [] : ruleBecomes(rule, to, there)
  })
  const state = joinRules([...ours, ...(exclusive ? [] : foreign)])
  const [blocked] = told.flatMap(({unknown}) => unknown)
  return {
    state: state.length === 0 ? null : state,
    foreign: exclusive ? [] : foreign.map(rule => `${ruleName(rule)} to ${rule.to.join(', ')}`),
    notes: isSame(state, live) ? [] : [...told.flatMap(({notes}) => notes), ...notesOf(ours, live)],
    ...(blocked === undefined ? {} : {blocked}),
  }
}

/** What rules of these prefixes become: those that are there keep what is not said of them. */
function ruleBecomes(rule: ReplicationRuleSetting, to: readonly string[], there: Rules): Rules {
  const wanted = new Set(to)
  const missing = to.filter(place => !there.some(each => each.to.includes(place)))
  const fresh: LiveRule = {prefixes: sortedSet(rule.prefixes ?? []), to: [], deletions: false}
  const [first = fresh, ...others] = there
  const kept = [{...first, to: sortedSet([...first.to, ...missing])}, ...others]
  return kept.map(each => ({
    ...each,
    to: each.to.filter(place => wanted.has(place)),
    deletions: rule.deletions ?? each.deletions,
  }))
}

function prefixesOf({prefixes = []}: ReplicationRuleSetting): string {
  return ruleName({prefixes: sortedSet(prefixes), to: [], deletions: false})
}

/** ECR user guide, replication: what is pushed from then on; filters are plain prefixes. */
function notesOf(ours: Rules, live: Rules): string[] {
  const before = new Set(live.flatMap(({to}) => to))
  const isNew = ours.some(({to}) => to.some(place => !before.has(place)))
  const open = sortedSet(ours.flatMap(({prefixes}) => prefixes)).filter(prefix => !prefix.endsWith('/'))
  return [
    ...(isNew
      ? ['Only what is pushed from now on is replicated; gantry backfill start brings what is there.']
      : []),
    ...open.map(
      prefix =>
        `The prefix ${prefix} fits every name that begins so: write ${prefix}/ for what is below ${prefix} alone.`,
    ),
  ]
}

function ofName(rules: Rules | null, name: string): Rules {
  return (rules ?? []).filter(rule => ruleName(rule) === name)
}

/** Of the rules that share a name; there is mostly one. */
function diffRules(name: string, before: Rules, after: Rules): DiffLine[] {
  const [old, made] = [before[0], after[0]]
  if (before.length !== 1 || after.length !== 1 || old === undefined || made === undefined)
    return diffSet(`rules.${name}`, before.map(toJson), after.map(toJson))
  return [
    ...diffSet(`rules.${name}.to`, old.to, made.to),
    ...diffValue(`rules.${name}.deletions`, old.deletions, made.deletions),
  ]
}

function toJson(rule: LiveRule): Json {
  return {...rule}
}

/** What is said of rules of the same prefixes: whether deletions are replicated only where all of them agree. */
function settingOf(rules: Rules, where: Where): ReplicationRuleSetting[] {
  const [first] = rules
  if (first === undefined) return []
  const isAgreed = rules.every(({deletions}) => deletions === first.deletions)
  return [
    {
      ...(first.prefixes.length === 0 ? {} : {prefixes: first.prefixes}),
      to: sortedSet(rules.flatMap(({to}) => to)).map(place => destinationWord(place, where)),
      ...(isAgreed && first.deletions ? {deletions: true} : {}),
    },
  ]
}
