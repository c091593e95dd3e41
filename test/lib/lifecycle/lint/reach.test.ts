import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {tagSelector} from '../../../../src/lib/lifecycle/tag-selection.ts'
import {
  archive,
  image,
  keep,
  lint,
  lintWith,
  olderThan,
  only,
  patterns,
  prefixes,
  rule,
  tagged,
} from './support.ts'

type Choice = Parameters<typeof rule>[1]['selection']
const shadowed = (first: Choice, second: Choice) =>
  only(lint([rule(1, {selection: first}), rule(2, {selection: second})]), 'shadowed-rule')

describe('shadowed-rule', () => {
  test.each<[Choice, Choice]>([
    [patterns('*'), patterns('prod*')],
    [patterns('prod*'), patterns('prod-*-eu')],
    [prefixes('v'), patterns('v1.*')],
    [patterns('v*'), prefixes('v1')],
    [patterns('*a*'), patterns('*ba*c')],
    [prefixes('dev'), prefixes('dev', 'staging')],
    [{tagStatus: 'any'}, prefixes('x')],
  ])('fires where %j has all of %j', (first, second) => {
    expect(shadowed(first, second)).toMatchObject([{severity: 'error', where: {rulePriority: 2}}])
  })

  test.each<[Choice, Choice]>([
    [patterns('prod*'), patterns('*')],
    [patterns('prod-*'), patterns('prod*')],
    [patterns('a*b'), patterns('a*')],
    [prefixes('dev', 'staging'), prefixes('dev')],
    [patterns('*'), {tagStatus: 'any'}],
    [patterns('*'), {tagStatus: 'untagged'}],
    [prefixes('*'), patterns('v*')],
  ])('is silent where %j has only some of %j', (first, second) => {
    expect(shadowed(first, second)).toEqual([])
  })

  test('says it when both mean the same', () => {
    expect(shadowed(prefixes('v'), patterns('v*'))[0]?.message).toContain('the same images as rule 1')
  })

  test('fires where two rules together leave nothing', () => {
    const rules = [
      rule(1, {selection: patterns('*')}),
      rule(2, {selection: {tagStatus: 'untagged'}}),
      rule(3, {selection: {tagStatus: 'any'}}),
    ]
    expect(only(lint(rules), 'shadowed-rule')).toMatchObject([
      {message: expect.stringContaining('rules 2 and 1')},
    ])
  })

  test('is silent across storage classes, and where the higher rule is the narrower one', () => {
    const rules = [
      rule(1, {selection: {tagStatus: 'any', ...olderThan(30)}, action: archive}),
      rule(2, {
        selection: {
          tagStatus: 'any',
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 365,
        },
      }),
    ]
    expect(only(lint(rules), 'shadowed-rule')).toEqual([])
  })

  test('fires exactly when there is no image that only the lower rule selects', () => {
    const list = fc.array(fc.string({unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 4}), {
      minLength: 1,
      maxLength: 2,
    })
    // Every tag of up to five letters, one of which no pattern has.
    const words = ['']
    for (const word of words) if (word.length < 5) words.push(...['a', 'b', 'z'].map(next => word + next))
    const agrees = fc.property(list, list, (first, second) => {
      const [higher, lower] = [
        rule(1, {selection: patterns(...first)}),
        rule(2, {selection: patterns(...second)}),
      ]
      const [takes, wants] = [tagSelector(higher.selection), tagSelector(lower.selection)]
      const fires = only(lint([higher, lower]), 'shadowed-rule').length > 0
      const hasOwn = words.some(word => wants([word]) && !takes([word]))
      // Of one entry, the shortest image of its own is among the words; of two it may need two tags.
      return fires ? !hasOwn : hasOwn || second.length > 1
    })
    expect(fc.check(agrees, {numRuns: 300})).toMatchObject({failed: false})
  })
})

describe('dead-rule', () => {
  const dead = (images: Parameters<typeof lintWith>[0], selection: Choice) =>
    only(lintWith(images, [rule(1, {selection})]), 'dead-rule')

  test('fires where no tag matches, and names the families that are there', () => {
    const [finding] = dead(tagged('release-1', 'release-2', 'pr-1'), patterns('rel-*'))
    expect(finding).toMatchObject({
      severity: 'warning',
      fix: 'Did you mean "release-"? Otherwise take the rule out.',
    })
    expect(finding?.message).toContain('none of 3 tagged images')
    expect(finding?.message).toContain('"release-" 2, "pr-" 1')
  })

  test('names the one entry that nothing has', () => {
    expect(dead([image('a', ['v1', 'x'])], patterns('v*', 'stable'))[0]?.message).toContain('"stable"')
  })

  test('is silent where the rule selects an image, also one that a shield only keeps', () => {
    expect(dead(tagged('release-1'), patterns('release-*'))).toEqual([])
    expect(dead(tagged('prod'), {...patterns('prod*'), ...keep(100_000)})).toEqual([])
  })

  test('is silent in a repository without tags, for untagged and any, and where another rule says it', () => {
    expect(dead([], patterns('v*'))).toEqual([])
    expect(dead([image('a', [])], patterns('v*'))).toEqual([])
    expect(dead(tagged('x'), {tagStatus: 'untagged'})).toEqual([])
    expect(dead(tagged('dev-1', 'staging-1'), prefixes('dev', 'staging'))).toEqual([])
    expect(dead(tagged('v1'), prefixes('v*'))).toEqual([])
  })
})
