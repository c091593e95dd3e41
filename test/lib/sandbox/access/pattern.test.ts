import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {matches} from '../../../../src/lib/sandbox/access/pattern.ts'

const wildcards = true

describe('wildcards', () => {
  test.each([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['?', 'a', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a*', 'a', true],
    ['*b', 'aab', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['*a?', 'aab', true],
    ['a.c', 'abc', false],
    ['[a]', 'a', false],
    ['arn:aws:ecr:*:repository/*', 'arn:aws:ecr:eu-west-1:1:repository/a/b', true],
  ])('%j covers %j: %j', (pattern, text, expected) => {
    expect(matches(pattern, text, {wildcards})).toBe(expected)
  })

  test('cover what a regular expression of the same meaning does', () => {
    const letters = fc.string({unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8})
    const text = fc.string({unit: fc.constantFrom('a', 'b'), maxLength: 10})
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        const expression = new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`)
        expect(matches(pattern, value, {wildcards})).toBe(expression.test(value))
      }),
      {numRuns: 1000},
    )
  })

  test('stand for themselves where they are not asked for', () => {
    expect(matches('a*', 'ab')).toBe(false)
    expect(matches('a*', 'a*')).toBe(true)
  })

  test('made to be slow are not', () => {
    expect(matches(`${'*a'.repeat(5000)}b`, 'a'.repeat(5000), {wildcards})).toBe(false)
  })

  test('see no case when told so', () => {
    expect(matches('ECR:put*', 'ecr:PutImage', {wildcards, ignoreCase: true})).toBe(true)
    expect(matches('ECR:put*', 'ecr:PutImage', {wildcards})).toBe(false)
  })
})

describe('variables', () => {
  const values = new Map([
    ['aws:username', ['bob']],
    ['aws:star', ['a*']],
    ['aws:none', []],
  ])
  const variables = (name: string) => values.get(name)

  test.each([
    ['team/${aws:username}/*', 'team/bob/app', true],
    ['team/${aws:username}/*', 'team/eve/app', false],
    ['${aws:star}', 'a*', true],
    ['${aws:star}', 'ab', false],
    ['${*}${?}${$}', '*?$', true],
    ['${*}', 'a', false],
    ["${aws:none, 'all'}", 'all', true],
    ["${aws:username, 'all'}", 'bob', true],
    ['${aws:none}', '', false],
    ['${aws:none}', '${aws:none}', false],
    ['${who}', 'bob', 'unknown'],
    ['${aws:username', '${aws:username', true],
  ])('%j covers %j: %j', (pattern, text, expected) => {
    expect(matches(pattern, text, {wildcards, variables})).toBe(expected)
  })

  test('are text where a policy has none', () => {
    expect(matches('${aws:username}', 'bob', {wildcards})).toBe(false)
    expect(matches('${aws:username}', '${aws:username}', {wildcards})).toBe(true)
  })
})
