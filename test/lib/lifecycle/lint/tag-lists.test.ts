import {describe, expect, test} from 'vitest'
import {image, keep, lint, lintWith, olderThan, only, patterns, prefixes, rule, tagged} from './support.ts'

const of = (selection: Parameters<typeof rule>[1]['selection']) => [rule(1, {selection})]

describe('and-trap', () => {
  test('fires for entries that no single tag satisfies', () => {
    const [finding] = only(lint(of(prefixes('dev', 'staging'))), 'and-trap')
    expect(finding).toMatchObject({severity: 'warning', where: {rulePriority: 1}})
    expect(finding?.message).toContain('a tag for each of "dev", "staging"')
    expect(finding?.fix).toContain('2 rules')
  })

  test.each([
    [patterns('alpha*', 'beta*')],
    [patterns('*-amd64', '*-arm64')],
    [patterns('v1', 'v2*')],
    [prefixes('v1.', 'v2.', 'v')],
  ])('fires for %j', selection => {
    expect(only(lint(of(selection)), 'and-trap')).toHaveLength(1)
  })

  test.each([
    [patterns('v*')],
    [patterns('v*', '*-amd64')],
    [patterns('*test*1*2*3', 'test*1*2*3*')],
    [patterns('latest', 'lat*')],
    [prefixes('v', 'v1')],
  ])('is silent where one tag can satisfy all of %j', selection => {
    expect(only(lint(of(selection)), 'and-trap')).toEqual([])
  })

  test('is proven by images that have one of the tags, and none that has all', () => {
    const [finding] = only(
      lintWith(tagged('dev-1', 'dev-2', 'staging-1', 'x'), of(prefixes('dev', 'staging'))),
      'and-trap',
    )
    expect(finding).toMatchObject({severity: 'error', evidence: {images: 3}})
    expect(finding?.message).toContain('selects 0 of 3 images')
  })

  test('stays a warning where some images have all the tags', () => {
    const images = [image('both', ['dev-1', 'staging-1']), ...tagged('dev-2')]
    const [finding] = only(lintWith(images, of(prefixes('dev', 'staging'))), 'and-trap')
    expect(finding).toMatchObject({severity: 'warning'})
    expect(finding?.message).toContain('selects 1 of 2 images')
  })

  test('is silent where every image with one of the tags has them all', () => {
    const images = [image('both', ['dev-1', 'staging-1']), ...tagged('x')]
    expect(only(lintWith(images, of(prefixes('dev', 'staging'))), 'and-trap')).toEqual([])
  })
})

describe('literal-star', () => {
  test('fires for a star in a prefix, and says what was meant', () => {
    const [finding] = only(lint(of(prefixes('v*'))), 'literal-star')
    expect(finding).toMatchObject({severity: 'error', fix: 'Write tagPrefixList ["v"].'})
    expect(only(lint(of(prefixes('*-main'))), 'literal-star')[0]?.fix).toBe(
      'Write tagPatternList ["*-main"].',
    )
  })

  test('is silent for the same star in a pattern', () => {
    expect(only(lint(of(patterns('v*'))), 'literal-star')).toEqual([])
  })
})

describe('impossible-tag', () => {
  test.each([
    [patterns('feature/*')],
    [patterns('-rc*')],
    [prefixes('.x')],
    [patterns(`${'a'.repeat(129)}*`)],
  ])('fires for %j', selection => {
    expect(only(lint(of(selection)), 'impossible-tag')).toMatchObject([{severity: 'error'}])
  })

  test.each([[patterns('*-rc*')], [patterns('*')], [patterns('_x.y-z*')], [prefixes('a'.repeat(128))]])(
    'is silent for %j',
    selection => {
      expect(only(lint(of(selection)), 'impossible-tag')).toEqual([])
    },
  )
})

describe('literal-pattern', () => {
  test.each([
    [{...patterns('v'), ...olderThan(30)}],
    [{...patterns('release-'), ...olderThan(30)}],
    [{...patterns('release'), ...keep(10)}],
  ])('fires for %j', selection => {
    expect(only(lint(of(selection)), 'literal-pattern')).toMatchObject([{severity: 'warning'}])
  })

  test.each([
    [{...patterns('latest'), ...keep(1)}],
    [{...patterns('release'), ...keep(100_000)}],
    [{...patterns('prod'), ...olderThan(30)}],
    [{...prefixes('release'), ...keep(10)}],
    [{...patterns('v*'), ...olderThan(30)}],
  ])('is silent for %j', selection => {
    expect(only(lint(of(selection)), 'literal-pattern')).toEqual([])
  })

  test('is told by tags that begin so, none of which is the pattern', () => {
    const rules = of({...patterns('prod'), ...olderThan(30)})
    expect(only(lintWith(tagged('prod-1', 'prod-2'), rules), 'literal-pattern')).toMatchObject([
      {evidence: {images: 2}},
    ])
    expect(only(lintWith(tagged('prod', 'prod-2'), rules), 'literal-pattern')).toEqual([])
  })
})
