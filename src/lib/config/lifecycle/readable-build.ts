import {BugError} from '../../errors.ts'
import {type Entry, entryAt} from '../document.ts'
import type {Origin} from '../estate.ts'
import {daysOf} from './duration.ts'
import type {ActingRule, ImageSelector, KeepRule, LifecycleRules, PlacedSetting} from './readable.ts'
import type {RuleData, RulesData, SettingData} from './readable-schema.ts'

/** The rules that checked values describe. `entry` is where they stand. */
export function buildRules(
  {keep, expire, archive, rules}: RulesData,
  entry: Entry,
  file: string,
): LifecycleRules {
  const build = <Built>(
    list: keyof RulesData,
    data: readonly RuleData[] = [],
    one: (rule: RuleData, origin: Origin) => Built,
  ) => data.map((rule, index) => one(rule, originOf(entryAt(entry, [list, index]) ?? entry, file)))
  return {
    keep: build('keep', keep, keepRule),
    expire: build('expire', expire, actingRule),
    archive: build('archive', archive, actingRule),
    ...(rules === undefined ? {} : {rules}),
    origin: originOf(entry, file),
  }
}

/** As {@link buildRules}, of a repository; null for one whose policy is to be removed. */
export function buildSetting(data: SettingData | null, entry: Entry, file: string): PlacedSetting {
  const origin = originOf(entry, file)
  if (data === null) return {value: null, origin}
  const {use = [], ...rules} = data
  return {value: {...buildRules(rules, entry, file), use: typeof use === 'string' ? [use] : use}, origin}
}

function keepRule(data: RuleData, origin: Origin): KeepRule {
  return {...(data.id === undefined ? {} : {id: data.id}), selectors: selectorsOf(data), origin}
}

function actingRule(data: RuleData, origin: Origin): ActingRule {
  const {except = [], keepLast, olderThan, notPulledFor, thenExpireAfter} = data
  const then = daysOf(thenExpireAfter)
  const measured =
    keepLast !== undefined
      ? ({measure: 'keepLast', limit: keepLast} as const)
      : olderThan !== undefined
        ? ({measure: 'olderThan', limit: checkedDays(olderThan)} as const)
        : ({measure: 'notPulledFor', limit: checkedDays(notPulledFor)} as const)
  return {
    ...keepRule(data, origin),
    except,
    ...measured,
    ...(then === undefined ? {} : {thenExpireAfter: then}),
  }
}

function selectorsOf({tags, anyOf, allOf, untagged}: RuleData): readonly ImageSelector[] {
  if (tags !== undefined) return [{kind: 'tagged', patterns: [tags]}]
  if (anyOf !== undefined) return anyOf.map(pattern => ({kind: 'tagged', patterns: [pattern]}))
  if (allOf !== undefined) return [{kind: 'tagged', patterns: allOf}]
  return [{kind: untagged ? 'untagged' : 'any'}]
}

function checkedDays(text: string | undefined): number {
  const days = daysOf(text)
  if (days === undefined) throw new BugError('repos.yaml: a rule without a measure passed the checks.')
  return days
}

function originOf({key}: Entry, file: string): Origin {
  return {file, ...key}
}
