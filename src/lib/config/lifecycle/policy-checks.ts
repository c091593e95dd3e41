/**
 * What ties the values of a lifecycle policy to each other, within a rule and across them (ECR user guide,
 * lifecycle_policy_parameters and LifecyclePolicies). The values are as they were read, right or wrong.
 */
import {elementsOf, mappingOf} from '../check-parts.ts'
import {type Entry, entryAt} from '../document.ts'
import {formatPath, type Path, type Problem} from '../problems.ts'
import {checkRule} from './policy-rule-checks.ts'
import {maxRules} from './policy-schema.ts'
import {type Finder, type RuleView, type StorageClass, viewRules} from './policy-view.ts'

/** ECR API reference, PutLifecyclePolicy: of the text. */
const maxCharacters = 30_720

/** Each problem with its code. */
export function crossCheckPolicy(data: unknown, root: Entry): Problem[] {
  return checkRules(mappingOf(data)['rules'], ['rules'], root)
}

/**
 * As {@link crossCheckPolicy}, for rules anywhere in a file.
 *
 * @param path of the list.
 */
export function checkRules(rules: unknown, path: Path, root: Entry): Problem[] {
  const problems: Problem[] = []
  const find: Finder = (at, code, text, {place = 'value', ...others} = {}) => {
    problems.push({position: (entryAt(root, at) ?? root)[place], path: at, text, code, ...others})
  }
  const views = viewRules(rules, path)
  for (const rule of views) checkRule(rule, find)
  checkPriorities(views, find)
  for (const storageClass of ['standard', 'archive'] as const) {
    const together = views.filter(rule => rule.storageClass === storageClass)
    checkAny(together, storageClass, find)
    checkUntagged(together, storageClass, find)
    checkPrefixes(together, storageClass, find)
  }
  checkSize(rules, path, find)
  return problems
}

function checkPriorities(rules: readonly RuleView[], find: Finder): void {
  const first = new Map<number, RuleView>()
  for (const rule of rules) {
    if (rule.priority === undefined) continue
    const twin = first.get(rule.priority)
    first.set(rule.priority, twin ?? rule)
    if (twin === undefined) continue
    const text = `${rule.priority} is the priority of ${nameOf(twin)} too. Give each rule its own.`
    find([...rule.path, 'rulePriority'], 'duplicate-priority', text)
  }
}

function checkAny(rules: readonly RuleView[], storageClass: StorageClass, find: Finder): void {
  const order = (rule: RuleView) => rule.priority ?? Number.POSITIVE_INFINITY
  const anys = rules.filter(({tagStatus}) => tagStatus === 'any').toSorted((a, b) => order(a) - order(b) || 0)
  for (const [place, rule] of anys.entries()) {
    const next = anys[place + 1]
    const last = rules.toSorted((a, b) => order(a) - order(b)).at(-1)
    const at = [...rule.path, 'selection', 'tagStatus']
    if (next !== undefined) {
      const text = `any comes last, and once, for ${storageClass} images; ${nameOf(next)} selects any of them too. Keep one of the two.`
      find(at, 'any-not-last', text)
    } else if (last?.priority !== undefined && last.priority > order(rule)) {
      const text = `any must have the highest rulePriority for ${storageClass} images, and ${nameOf(last)} has ${last.priority}. Give this rule a higher one.`
      find(at, 'any-not-last', text)
    }
  }
}

function checkUntagged(rules: readonly RuleView[], storageClass: StorageClass, find: Finder): void {
  const [first, ...others] = rules.filter(({tagStatus}) => tagStatus === 'untagged')
  if (first === undefined) return
  for (const {path} of others) {
    const text = `${nameOf(first)} selects untagged ${storageClass} images too, and ECR takes one such rule. Keep one of the two.`
    find([...path, 'selection', 'tagStatus'], 'second-untagged', text)
  }
}

// That "a unique set of prefixes" forbids the same set twice, not one prefix in two sets, is unconfirmed.
function checkPrefixes(rules: readonly RuleView[], storageClass: StorageClass, find: Finder): void {
  const first = new Map<string, RuleView>()
  for (const rule of rules) {
    const prefixes = elementsOf(rule.selection['tagPrefixList'])
    if (rule.tagStatus !== 'tagged' || prefixes.length === 0) continue
    const set = JSON.stringify([...new Set(prefixes.map(prefix => JSON.stringify(prefix)))].toSorted())
    const twin = first.get(set)
    first.set(set, twin ?? rule)
    if (twin === undefined) continue
    const text = `${nameOf(twin)} has the same prefixes for ${storageClass} images. Keep one of the two rules.`
    find([...rule.path, 'selection', 'tagPrefixList'], 'repeated-prefixes', text, {place: 'key'})
  }
}

function checkSize(rules: unknown, path: Path, find: Finder): void {
  const count = elementsOf(rules).length
  if (count > maxRules) {
    const text = `the policy has ${count} rules, and ECR takes ${maxRules}. Take the others out.`
    find([...path, maxRules], 'too-many-rules', text)
  }
  const {length} = JSON.stringify({rules}, (_, value: unknown) => value ?? undefined)
  if (length > maxCharacters) {
    const text = `the policy has ${length} characters as compact JSON, and ECR takes ${maxCharacters}. Shorten descriptions, or take rules out.`
    find(path, 'policy-too-long', text, {place: 'key'})
  }
}

function nameOf({path}: RuleView): string {
  return formatPath(path)
}
