import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {matchesRepository, matchesTag, matchesWildcards, pathPattern} from '../../../src/lib/config/match.ts'

describe('repositories', () => {
  test.each([
    ['**', ['app', 'a/b/c'], []],
    ['*', ['app'], ['a/b']],
    ['app', ['app'], ['apps', 'ap', 'x/app', 'app/x']],
    ['payments/*', ['payments/api'], ['payments', 'payments/api/v1', 'payment/api']],
    ['payments/**', ['payments/api', 'payments/api/v1'], ['payments', 'paymentsx/api', 'x/payments/api']],
    ['**/api', ['api', 'a/api', 'a/b/api'], ['api/a', 'myapi', 'a/myapi']],
    ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z'], ['a', 'z', 'a/b', 'b/a/z', 'a/z/b']],
    ['a/**/m/**/z', ['a/m/z', 'a/m/m/z', 'a/b/m/c/z'], ['a/z', 'a/m', 'm/z']],
    ['a/**/a', ['a/a', 'a/b/a'], ['a']],
    ['team-*/app', ['team-/app', 'team-x/app'], ['team/app', 'team-x/y/app']],
    ['*-*-x', ['a-b-x', '--x', 'a-x-x-x'], ['a-x', '-x']],
    ['**/**', ['a/b', 'a'], []],
    ['**/*/**', ['a/b', 'a/b/c'], ['a']],
  ])('%s', (pattern, matching, others) => {
    for (const name of matching)
      expect({name, matches: matchesRepository(pattern, name)}).toEqual({name, matches: true})
    for (const name of others)
      expect({name, matches: matchesRepository(pattern, name)}).toEqual({name, matches: false})
  })
})

describe('tags', () => {
  test.each([
    ['*', ['latest', ''], []],
    ['v*', ['v', 'v1.2.3'], ['V1', 'xv1']],
    ['v1.*', ['v1.', 'v1.10'], ['v10', 'v1x1']],
    ['*-rc*', ['1-rc', '1-rc2', '-rc-rc'], ['1-r', 'rc']],
    ['release', ['release'], ['release1', 'arelease', 'RELEASE']],
    ['a*a', ['aa', 'aba'], ['a']],
    ['.+', ['.+'], ['ab']],
  ])('%s', (pattern, matching, others) => {
    for (const tag of matching) expect({tag, matches: matchesTag(pattern, tag)}).toEqual({tag, matches: true})
    for (const tag of others) expect({tag, matches: matchesTag(pattern, tag)}).toEqual({tag, matches: false})
  })
})

/** The plain definition, by trying everything. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] === '*') {
    return (
      matchesByDefinition(pattern.slice(1), text) ||
      (text !== '' && matchesByDefinition(pattern, text.slice(1)))
    )
  }
  return pattern[0] === text[0] && matchesByDefinition(pattern.slice(1), text.slice(1))
}

function segmentsMatch(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, ...rest] = pattern
  const [segment, ...others] = name
  if (first === undefined) return segment === undefined
  if (first === '**') {
    if (rest.length === 0) return segment !== undefined
    return segmentsMatch(rest, name) || (segment !== undefined && segmentsMatch(pattern, others))
  }
  return segment !== undefined && matchesByDefinition(first, segment) && segmentsMatch(rest, others)
}

const letters = fc.string({unit: fc.constantFrom('a', 'b', '-'), maxLength: 6})
const globs = fc.string({unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 6})

test('a tag matches as the definition says', () => {
  fc.assert(
    fc.property(globs, letters, (pattern, tag) => {
      expect(matchesTag(pattern, tag)).toBe(matchesByDefinition(pattern, tag))
    }),
    {numRuns: 2000},
  )
})

test('a repository matches as the definition says', () => {
  const segment = fc.string({unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 2})
  const patterns = fc.array(fc.oneof(fc.constantFrom('**', '*', 'a*', '*b'), segment), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(patterns, fc.array(segment, {minLength: 1, maxLength: 5}), (pattern, name) => {
      expect(matchesRepository(pattern.join('/'), name.join('/'))).toBe(segmentsMatch(pattern, name))
    }),
    {numRuns: 2000},
  )
})

test('every text matches itself with any part replaced by *', () => {
  fc.assert(
    fc.property(letters, fc.nat(6), fc.nat(6), (text, a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      expect(matchesTag(`${text.slice(0, from)}*${text.slice(to)}`, text)).toBe(true)
    }),
  )
})

test('patterns that make a backtracking matcher hang are answered', () => {
  const text = 'a'.repeat(20_000)
  expect(matchesTag(`${'*a'.repeat(5000)}*b`, text)).toBe(false)
  expect(matchesTag('a*'.repeat(10_000), text)).toBe(true)
  const name = Array.from({length: 2000}, () => 'a').join('/')
  expect(matchesRepository(`${'**/a/'.repeat(500)}b`, name)).toBe(false)
  expect(matchesRepository('**/'.repeat(1000) + 'a', name)).toBe(true)
})

test.each([
  ['arn:aws:ecr:*:111111111111:repository/*', 'arn:aws:ecr:eu-west-1:111111111111:repository/a/b', true],
  ['*?', '', false],
  ['*?', 'a', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*a?c*', 'aabc', true],
  ['*.c', 'abc', false],
  ['a', 'A', false],
])('the wildcards of %s match %j: %j', (pattern, text, matches) => {
  expect(matchesWildcards(pattern, text)).toBe(matches)
})

test.each(['app/**', '/app/x', '**/package.json', '*', '.npm/x', 'a/..b', '**'])(
  '%s is a pattern of paths in images',
  pattern => {
    expect(pathPattern.test(pattern)).toBe(true)
  },
)

test.each(['', '/', './app/**', 'app/', 'app/./x', '../x', 'app/..', 'a//b', 'a b', 'a'.repeat(257)])(
  '%j fits no path of a finding, and is none',
  pattern => {
    expect(pathPattern.test(pattern)).toBe(false)
  },
)
