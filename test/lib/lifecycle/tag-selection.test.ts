import {expect, test} from 'vitest'
import type {Selection} from '../../../src/lib/lifecycle/policy.ts'
import {tagSelector} from '../../../src/lib/lifecycle/tag-selection.ts'

function selects(selection: Partial<Selection>, ...tags: readonly string[]): boolean {
  return tagSelector({
    tagStatus: 'tagged',
    countType: 'imageCountMoreThan',
    countNumber: 1,
    ...selection,
  })(tags)
}

test.each([
  ['prod*', 'prod', true],
  ['prod*', 'production-team1', true],
  ['prod*', 'repo-production', false],
  ['*prod*', 'repo-production', true],
  ['*-rc', 'v1-rc1', false],
  ['v1', 'v1', true],
  ['v1', 'v10', false],
  ['aa*aa', 'aaa', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  ['a.c', 'abc', false],
  ['*', 'x', true],
])('pattern %s and tag %s: %s', (pattern, tag, expected) => {
  expect(selects({tagPatternList: [pattern]}, tag)).toBe(expected)
})

test('every pattern must match, each a tag of its own or the same', () => {
  const selection = {tagPatternList: ['alpha*', '*-1']}
  expect(selects(selection, 'alpha-1')).toBe(true)
  expect(selects(selection, 'alpha-2', 'beta-1')).toBe(true)
  expect(selects(selection, 'alpha-2', 'beta-2')).toBe(false)
})

test('every prefix must begin a tag', () => {
  expect(selects({tagPrefixList: ['dev', 'staging']}, 'dev-1')).toBe(false)
  expect(selects({tagPrefixList: ['dev', 'staging']}, 'dev-1', 'staging-1')).toBe(true)
})

test('tagged, untagged and any', () => {
  expect(selects({tagPatternList: ['*']})).toBe(false)
  expect(selects({tagStatus: 'untagged'})).toBe(true)
  expect(selects({tagStatus: 'untagged'}, 'v1')).toBe(false)
  expect(selects({tagStatus: 'any'})).toBe(true)
  expect(selects({tagStatus: 'any'}, 'v1')).toBe(true)
})

test('a pattern made to be slow is not', () => {
  expect(selects({tagPatternList: [`${'*a'.repeat(10_000)}b`]}, 'a'.repeat(10_000))).toBe(false)
})
