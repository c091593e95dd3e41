/** The rules of replication in one form, and back as ECR takes them. */
import type {ReplicationRule} from '@aws-sdk/client-ecr'
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import {sortedSet} from '../compare.ts'

/** A rule; rules that differ in their destinations alone are one. Lists are sorted and unique. */
export interface LiveRule {
  /** Of repositories' names, as plain text; none for all. */
  readonly prefixes: readonly string[]
  /** `ACCOUNT@REGION` */
  readonly to: readonly string[]
  /** Whether deletions are replicated, too. */
  readonly deletions: boolean
  /** What this version does not know of it, as ECR tells it: then it is nobody's but who made it. */
  readonly other?: Json
}

/** The rules in their one form and order. */
export function liveRules(rules: readonly ReplicationRule[]): readonly LiveRule[] {
  return joinRules(rules.map(liveRule))
}

/** Rules that differ in their destinations alone, joined; those that lead nowhere are none. */
export function joinRules(rules: readonly LiveRule[]): readonly LiveRule[] {
  const byKey = Map.groupBy(rules, keyOf)
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...same]]) =>
      first === undefined ? [] : [{...first, to: sortedSet([first, ...same].flatMap(({to}) => to))}],
    )
    .filter(({to}) => to.length > 0)
}

/** The same for two that differ in their destinations alone. */
function keyOf({prefixes, deletions, other}: LiveRule): string {
  return canonicalJson({prefixes, deletions, other})
}

/** What tells a rule from others, for people: its prefixes, `*` for none, and what is not known of it. */
export function ruleName({prefixes, other}: LiveRule): string {
  const name = prefixes.join(',') || '*'
  return other === undefined ? name : `${name} ${canonicalJson(other)}`
}

/**
 * Rules as ECR takes them. Those of `stored` that say nothing else than `wanted` stay as they are, and where they are.
 */
export function storedRules(
  wanted: readonly LiveRule[],
  stored: readonly ReplicationRule[],
): ReplicationRule[] {
  const was = new Map(liveRules(stored).map(rule => [keyOf(rule), rule]))
  const isKept = (rule: LiveRule) =>
    canonicalJson([...rule.to]) === canonicalJson([...(was.get(keyOf(rule))?.to ?? [])])
  const kept = new Set(wanted.filter(isKept).map(keyOf))
  return [
    ...stored.filter(rule => kept.has(keyOf(liveRule(rule)))),
    ...wanted.filter(rule => !isKept(rule)).map(toRule),
  ]
}

/** As far as the client's types do not know it (API reference, ReplicationRule). */
type WithDeletions = ReplicationRule & {readonly deleteReplication?: {readonly enabled?: boolean}}

function liveRule({destinations = [], repositoryFilters = [], ...more}: ReplicationRule): LiveRule {
  const {deleteReplication = {}, ...unknown} = more as WithDeletions
  const isPlain = repositoryFilters.every(
    filter => filter.filterType === 'PREFIX_MATCH' && hasOnly(filter, 'filter', 'filterType'),
  )
  const other = {
    ...unknown,
    ...(isPlain ? {} : {repositoryFilters}),
    ...(destinations.every(place => hasOnly(place, 'region', 'registryId')) ? {} : {destinations}),
    ...(hasOnly(deleteReplication, 'enabled') ? {} : {deleteReplication}),
  }
  return {
    prefixes: isPlain ? sortedSet(repositoryFilters.map(({filter = ''}) => filter)) : [],
    to: sortedSet(destinations.map(({registryId = '', region = ''}) => `${registryId}@${region}`)),
    deletions: deleteReplication.enabled === true,
    ...(Object.keys(other).length === 0 ? {} : {other: other as unknown as Json}),
  }
}

function hasOnly(value: object, ...known: readonly string[]): boolean {
  return Object.keys(value).every(name => known.includes(name))
}

function toRule({prefixes, to, deletions, other}: LiveRule): ReplicationRule {
  const rule: WithDeletions = {
    destinations: to.map(place => {
      const [registryId = '', region = ''] = place.split('@')
      return {registryId, region}
    }),
    ...(prefixes.length === 0
      ? {}
      : {repositoryFilters: prefixes.map(filter => ({filter, filterType: 'PREFIX_MATCH' as const}))}),
    ...(deletions ? {deleteReplication: {enabled: true}} : {}),
    ...((other ?? {}) as object),
  }
  return rule
}
