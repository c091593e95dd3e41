/** How values of a weaker and of a stronger level become one. */
import type {ReplicationRuleSetting, SigningRuleSetting, StatementSetting} from './settings.ts'

/**
 * How a value merges: a mapping key by key, each in its own way; a list by the keys of its elements, each of which is
 * one value. What has no way of its own is replaced.
 */
export interface Merging {
  readonly fields?: Readonly<Record<string, Merging>>
  /** Of the values of a mapping whose keys are free. */
  readonly each?: Merging
  /** The key of a list's element; undefined for one without, which stands beside all others. */
  readonly keyOf?: (element: never) => string | undefined
  /** Whether `use` names presets, which are weaker than all that is said here. */
  readonly isPolicy?: true
}

const mapping: Merging = {fields: {}}

export const policyMerging: Merging = {
  isPolicy: true,
  fields: {statements: {keyOf: ({Sid}: StatementSetting) => (typeof Sid === 'string' ? Sid : undefined)}},
}

/** Encryption, mutability and lifecycle policies are one value each. */
export const repositoryMerging: Merging = {fields: {policy: policyMerging, tags: mapping}}

export const registryMerging: Merging = {
  fields: {
    policy: policyMerging,
    scanning: mapping,
    replication: {fields: {rules: {keyOf: replicationKey}}},
    pullThroughCache: {each: mapping},
    creationTemplates: {each: repositoryMerging},
    signing: {fields: {rules: {keyOf: ({profile}: SigningRuleSetting) => profile}}},
    settings: mapping,
    pullTimeExclusions: mapping,
  },
}

/** Replication rules are told apart by the set of their prefixes; `*` for all repositories. */
export function replicationKey({prefixes = []}: Pick<ReplicationRuleSetting, 'prefixes'>): string {
  return prefixes.length === 0 ? '*' : [...new Set(prefixes)].toSorted().join(',')
}

/** Both values as one, the stronger winning. Neither is changed. */
export function merge<Value>(weaker: Value, stronger: Value, how: Merging | undefined): Value {
  return merged(weaker, stronger, how) as Value
}

function merged(weaker: unknown, stronger: unknown, how: Merging | undefined): unknown {
  if (!isComposite(weaker, how) || !isComposite(stronger, how)) return stronger
  if (Array.isArray(weaker) && Array.isArray(stronger)) return mergedLists(weaker, stronger, how)
  const result: Record<string, unknown> = {...weaker}
  for (const [key, value] of Object.entries(stronger)) {
    result[key] = Object.hasOwn(result, key) ? merged(result[key], value, wayOf(how, key)) : value
  }
  return result
}

function mergedLists(weaker: readonly unknown[], stronger: readonly unknown[], how: Merging | undefined) {
  const result = [...weaker]
  const places = new Map(weaker.map((element, index) => [keyOf(how, element), index]))
  for (const element of stronger) {
    const key = keyOf(how, element)
    const place = key === undefined ? undefined : places.get(key)
    if (place === undefined) result.push(element)
    else result[place] = element
  }
  return result
}

/** How a member of a mapping merges. */
export function wayOf(how: Merging | undefined, key: string): Merging | undefined {
  return (
    how?.each ?? (how?.fields !== undefined && Object.hasOwn(how.fields, key) ? how.fields[key] : undefined)
  )
}

/** The key of a list's element. */
export function keyOf(how: Merging | undefined, element: unknown): string | undefined {
  return how?.keyOf?.(element as never)
}

/** Whether a value merges part by part. */
export function isComposite(value: unknown, how: Merging | undefined): value is object {
  if (how === undefined || typeof value !== 'object' || value === null) return false
  return Array.isArray(value) === (how.keyOf !== undefined)
}
