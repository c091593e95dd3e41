import {expect, test} from 'vitest'
import {matchesWildcard} from '../../../src/lib/sandbox/state/wildcard.ts'

test.each([
  ['v1', 'v1', true],
  ['v1', 'v10', false],
  ['*', '', true],
  ['v*', 'v', true],
  ['v*', 'dev', false],
  ['*-rc', 'v1-rc', true],
  ['*-rc', 'v1-rc1', false],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'ac', false],
  ['aa*aa', 'aaa', false],
  ['a**b', 'ab', true],
  ['ecr:*', 'ecr:PutImage', true],
  ['a.c', 'abc', false],
])('%s and %s: %s', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches)
})

test('a pattern made to be slow is not', () => {
  const pattern = `${'*a'.repeat(10_000)}b`
  expect(matchesWildcard(pattern, 'a'.repeat(10_000))).toBe(false)
})
