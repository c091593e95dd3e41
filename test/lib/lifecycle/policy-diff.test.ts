import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {diffPolicies} from '../../../src/lib/lifecycle/policy-diff.ts'
import {samePolicy} from '../../../src/lib/lifecycle/policy-text.ts'
import {policies} from './policy-arbitraries.ts'

function rule(rulePriority: number, prefix: string, countNumber = 1, description?: string): LifecycleRule {
  return {
    rulePriority,
    ...(description === undefined ? {} : {description}),
    selection: {tagStatus: 'tagged', tagPrefixList: [prefix], countType: 'imageCountMoreThan', countNumber},
    action: {type: 'expire'},
  }
}

/** Each change in short: its kind, then the priorities before and after. */
function diff(before: readonly LifecycleRule[] | null, after: readonly LifecycleRule[] | null) {
  return diffPolicies(before && {rules: before}, after && {rules: after}).map(change =>
    [change.kind, change.before?.rulePriority ?? '-', change.after?.rulePriority ?? '-'].join(' '),
  )
}

test('what stays, changes, comes and goes, by priority', () => {
  const before = [rule(1, 'a'), rule(2, 'b'), rule(4, 'd')]
  const after = [rule(3, 'c'), rule(2, 'b', 7), rule(1, 'a')]
  expect(diff(before, after)).toEqual(['same 1 1', 'changed 2 2', 'added - 3', 'removed 4 -'])
})

test('rules that move up by a new one are those that they were', () => {
  const before = [rule(1, 'a'), rule(2, 'b'), rule(3, 'c')]
  const after = [rule(1, 'new'), rule(2, 'a'), rule(3, 'b'), rule(4, 'c')]
  expect(diff(before, after)).toEqual(['added - 1', 'changed 1 2', 'changed 2 3', 'changed 3 4'])
})

test('a rule that moves and gets another description is the one that it was', () => {
  expect(diff([rule(1, 'a', 1, 'old'), rule(2, 'b')], [rule(1, 'b'), rule(2, 'a', 1, 'new')])).toEqual([
    'changed 2 1',
    'changed 1 2',
  ])
})

test('the order of entries that must all match is no change', () => {
  const list = (...tagPrefixList: string[]): LifecycleRule => ({
    ...rule(1, ''),
    selection: {...rule(1, '').selection, tagPrefixList},
  })
  expect(diff([list('a', 'b')], [list('b', 'a', 'a')])).toEqual(['same 1 1'])
})

test('a first policy, a last one, and none', () => {
  expect(diff(null, [rule(1, 'a')])).toEqual(['added - 1'])
  expect(diff([rule(1, 'a')], null)).toEqual(['removed 1 -'])
  expect(diff(null, null)).toEqual([])
})

test('each rule stands in one change, and nothing changes just between policies that say the same', () => {
  fc.assert(
    fc.property(policies, policies, (before, after) => {
      const changes = diffPolicies(before, after)
      const side = (of: 'before' | 'after') => new Set(changes.flatMap(change => change[of] ?? []))
      expect(side('before')).toEqual(new Set(before.rules))
      expect(side('after')).toEqual(new Set(after.rules))
      expect(changes.every(({kind}) => kind === 'same')).toBe(samePolicy(before, after))
      expect(diffPolicies(before, before).every(({kind}) => kind === 'same')).toBe(true)
    }),
  )
})
