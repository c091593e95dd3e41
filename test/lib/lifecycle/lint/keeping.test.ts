import {describe, expect, test} from 'vitest'
import {
  archive,
  image,
  keep,
  lint,
  lintWith,
  now,
  olderThan,
  only,
  patterns,
  prefixes,
  rule,
  tagged,
} from './support.ts'

const untaggedRule = rule(1, {selection: {tagStatus: 'untagged', ...olderThan(14)}})
const releases = rule(2, {selection: {...patterns('v*'), ...keep(50)}})

/** Images of `count` pushes, the newest first: an index with a tag and three parts without. */
function multiArch(count: number) {
  return Array.from({length: count}, (_, index) => {
    const parts = ['a', 'b', 'c'].map(part => image(`${index}${part}`, [], index + 1))
    return [
      image(`i${index}`, [`v${count - index}`], index + 1, {children: parts.map(({digest}) => digest)}),
      ...parts,
    ]
  }).flat()
}

describe('untagged-kept', () => {
  const kept = (
    images: Parameters<typeof lintWith>[0],
    ...rules: Parameters<typeof rule>[1]['selection'][]
  ) =>
    only(
      lintWith(
        images,
        rules.map((selection, index) => rule(index + 1, {selection})),
      ),
      'untagged-kept',
    )

  test('counts the untagged images that nothing selects, and their bytes', () => {
    const images = [...tagged('v1'), image('x', [], 30), image('y', [], 40)]
    const [finding] = kept(images, patterns('v*'))
    expect(finding).toMatchObject({severity: 'warning', evidence: {images: 2, bytes: 20}})
    expect(finding?.message).toContain('2 images without a tag, up to 40 days old')
  })

  test('speaks of the parts of multi-arch images before they are left behind', () => {
    expect(kept(multiArch(2), patterns('v*'))).toMatchObject([{severity: 'note', evidence: {images: 6}}])
  })

  test('is silent where there are none, and where a rule selects them', () => {
    expect(kept(tagged('v1'), patterns('v*'))).toEqual([])
    expect(kept([image('x', [])], {tagStatus: 'untagged'})).toEqual([])
    expect(kept([image('x', [])], {tagStatus: 'any'})).toEqual([])
  })

  test('does not take a referrer whose subject is there for one that is left', () => {
    expect(kept([...tagged('v1'), image('s', [], 1, {subject: 'of v1'})], patterns('v*'))).toEqual([])
    expect(kept([...tagged('v1'), image('s', [], 1, {subject: 'gone'})], patterns('v*'))).toHaveLength(1)
  })

  test('is a note for a file, whose repository is not known', () => {
    expect(only(lint([releases]), 'untagged-kept')).toMatchObject([{severity: 'note'}])
    expect(only(lint([untaggedRule, releases]), 'untagged-kept')).toEqual([])
  })
})

describe('untagged-too-soon', () => {
  const soon = (selection: Parameters<typeof rule>[1]['selection']) =>
    only(lint([rule(1, {selection})]), 'untagged-too-soon')

  test('fires below a week, and for a small number', () => {
    expect(soon({tagStatus: 'untagged', ...olderThan(6)})).toMatchObject([{severity: 'note'}])
    expect(soon({tagStatus: 'untagged', ...keep(1)})).toHaveLength(1)
  })

  test('is silent from a week on, for enough of them, and for tagged images', () => {
    expect(soon({tagStatus: 'untagged', ...olderThan(7)})).toEqual([])
    expect(soon({tagStatus: 'untagged', ...keep(5)})).toEqual([])
    expect(soon({...patterns('pr-*'), ...olderThan(1)})).toEqual([])
  })
})

describe('shallow-rollback', () => {
  const shallow = (selection: Parameters<typeof rule>[1]['selection'], rollbackDepth = 5) =>
    only(lint([rule(1, {selection})], {rollbackDepth}), 'shallow-rollback')

  test.each([
    [{tagStatus: 'any', ...keep(4)} as const],
    [{...patterns('v*'), ...keep(1)}],
    [{...prefixes('release-'), ...keep(2)}],
    [{...patterns('*'), ...keep(3)}],
  ])('fires for %j', selection => {
    expect(shallow(selection)).toMatchObject([{severity: 'warning'}])
  })

  test.each([
    [{tagStatus: 'any', ...keep(5)} as const],
    [{...prefixes('dev'), ...keep(2)}],
    [{...prefixes('preprod'), ...keep(2)}],
    [{tagStatus: 'untagged', ...keep(1)} as const],
    [{...patterns('main'), ...keep(1)}],
    [{tagStatus: 'any', ...olderThan(3)} as const],
  ])('is silent for %j', selection => {
    expect(shallow(selection)).toEqual([])
  })

  test('takes the depth that is asked for', () => {
    expect(shallow({...patterns('v*'), ...keep(5)}, 10)).toHaveLength(1)
  })

  test('says how many releases would go', () => {
    const found = only(
      lintWith(tagged('v3', 'v2', 'v1', 'pr-1'), [rule(1, {selection: {tagStatus: 'any', ...keep(1)}})]),
      'shallow-rollback',
    )
    expect(found).toMatchObject([{evidence: {images: 2}}])
  })
})

describe('crowded-count', () => {
  const crowded = (images: Parameters<typeof lintWith>[0], ...rules: Parameters<typeof lint>[0] & object) =>
    only(lintWith(images, rules), 'crowded-count')
  const keepTen = rule(9, {selection: {tagStatus: 'any', ...keep(10)}})

  test('tells how few releases remain when parts of multi-arch images take the places', () => {
    const [finding] = crowded(multiArch(6), keepTen)
    // Ten places, four for each release; which of one moment counts as newer is not said, so two or three remain.
    expect(finding).toMatchObject({severity: 'warning', where: {rulePriority: 9}})
    expect(finding?.message).toMatch(/7\d? %|80 %/)
    expect(finding?.message).toMatch(/[78] part of a multi-arch image/)
    expect(finding?.message).toMatch(/[23] releases left/)
  })

  test('tells of pull requests', () => {
    const images = tagged('pr-1', 'pr-2', 'pr-3', 'pr-4', 'pr-5', 'pr-6', 'pr-7', 'v3', 'v2', 'v1')
    const [finding] = crowded(images, keepTen)
    expect(finding).toMatchObject({severity: 'warning', evidence: {images: 3}})
    expect(finding?.message).toContain('70 %')
    expect(finding?.message).toContain('7 of a branch or pull request')
  })

  test('is a note while enough releases remain', () => {
    const images = tagged(
      ...Array.from({length: 12}, (_, index) => `pr-${index}`),
      ...Array.from({length: 8}, (_, index) => `v${index}`),
    )
    expect(crowded(images, rule(9, {selection: {tagStatus: 'any', ...keep(20)}}))).toMatchObject([
      {severity: 'note'},
    ])
  })

  test('is silent while there are places to spare, for releases alone, and where a higher rule has them', () => {
    expect(crowded(multiArch(2), keepTen)).toEqual([])
    expect(crowded(tagged(...Array.from({length: 12}, (_, index) => `v${index}`)), keepTen)).toEqual([])
    expect(crowded(multiArch(6), releases, keepTen)).toEqual([])
  })
})

describe('expires-by-age-alone', () => {
  const aged = (...rules: Parameters<typeof lint>[0] & object) => only(lint(rules), 'expires-by-age-alone')
  const sixtyDays = rule(9, {selection: {tagStatus: 'any', ...olderThan(60)}})

  test('fires for any, for all tags, and for tags that move with what runs', () => {
    expect(aged(sixtyDays)).toMatchObject([{severity: 'warning'}])
    expect(aged(rule(1, {selection: {...patterns('*'), ...olderThan(90)}}))).toHaveLength(1)
    expect(aged(rule(1, {selection: {...prefixes('latest'), ...olderThan(180)}}))).toHaveLength(1)
  })

  test('is silent where a higher rule keeps some by number, or for ever', () => {
    expect(aged(rule(1, {selection: {...patterns('v*'), ...keep(10)}}), sixtyDays)).toEqual([])
    expect(aged(rule(1, {selection: {...prefixes('prod'), ...olderThan(10_950)}}), sixtyDays)).toEqual([])
    expect(aged(rule(1, {selection: {...patterns('pr-*'), ...olderThan(14)}}))).toEqual([])
    expect(aged(rule(1, {selection: {tagStatus: 'untagged', ...olderThan(14)}}))).toEqual([])
  })

  test('does not count a rule that an AND trap disarms', () => {
    expect(aged(rule(1, {selection: {...prefixes('prod', 'dev'), ...keep(10)}}), sixtyDays)).toHaveLength(1)
  })

  test('tells when the last push was, and is an error when nothing younger is there', () => {
    const found = (days: number) =>
      only(lintWith([image('a', ['v1'], days), image('b', ['v2'], 100)], [sixtyDays]), 'expires-by-age-alone')
    expect(found(51)).toMatchObject([{severity: 'warning', message: expect.stringContaining('51 days ago')}])
    expect(found(61)).toMatchObject([{severity: 'error', evidence: {images: 2, bytes: 20}}])
  })
})

describe('archiving', () => {
  const pulled = rule(1, {
    selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90},
    action: archive,
  })

  test('archive-at-a-loss fires at the usual prices, and not where the archive is cheaper', () => {
    expect(only(lint([pulled]), 'archive-at-a-loss')).toMatchObject([{severity: 'note'}])
    const rates = {standard: 0.1, archive: 0.07, restore: 0.03, asOf: null}
    expect(only(lint([pulled], {rates}), 'archive-at-a-loss')).toEqual([])
    expect(only(lint([releases]), 'archive-at-a-loss')).toEqual([])
  })

  test('archive-at-a-loss tells what would go now', () => {
    const images = [image('a', ['v1'], 100), image('b', ['v2'], 10)]
    expect(only(lintWith(images, [pulled]), 'archive-at-a-loss')).toMatchObject([
      {evidence: {images: 1, bytes: 10}},
    ])
  })

  test('archive-in-replica fires where replication fills what nobody pulls', () => {
    expect(only(lintWith(tagged('v1'), [pulled], ['dev@eu-west-1']), 'archive-in-replica')).toMatchObject([
      {severity: 'warning', message: expect.stringContaining('dev@eu-west-1 replicates')},
    ])
  })

  test('archive-in-replica is silent where somebody pulls, without replication, and by another clock', () => {
    const used = [image('a', ['v1'], 100, {pulledAt: now - 1000})]
    expect(only(lintWith(used, [pulled], ['dev']), 'archive-in-replica')).toEqual([])
    expect(only(lintWith(tagged('v1'), [pulled]), 'archive-in-replica')).toEqual([])
    const pushed = rule(1, {selection: olderThan(90), action: archive})
    expect(only(lintWith(tagged('v1'), [pushed], ['dev']), 'archive-in-replica')).toEqual([])
  })
})

describe('missing policies', () => {
  test('no-policy fires for a repository, and tells what is in it', () => {
    expect(lintWith(tagged('v1', 'v2'), null)).toMatchObject([
      {code: 'no-policy', evidence: {images: 2, bytes: 20}},
    ])
  })

  test('no-policy-in-replica takes its place where replication fills the repository', () => {
    expect(lintWith(tagged('v1'), null, ['dev'])).toMatchObject([{code: 'no-policy-in-replica'}])
  })

  test('no-policy-in-template fires for a template', () => {
    const template = {appliedFor: ['REPLICATION']}
    expect(lint(null, {template})).toMatchObject([{code: 'no-policy-in-template'}])
    expect(only(lint([releases], {template}), 'no-policy-in-template')).toEqual([])
  })

  test('are silent where there is a policy', () => {
    expect(lintWith(tagged('v1'), [untaggedRule, releases], ['dev'])).toEqual([])
  })
})

describe('style', () => {
  test('explicit-standard', () => {
    const explicit = rule(1, {selection: {...patterns('v*'), storageClass: 'standard'}})
    expect(only(lint([explicit]), 'explicit-standard')).toMatchObject([{severity: 'note'}])
    expect(only(lint([releases]), 'explicit-standard')).toEqual([])
  })

  test('no-description tells of all rules at once', () => {
    const silent = [1, 2].map(priority =>
      rule(priority, {selection: patterns(`${priority}*`), description: ' '}),
    )
    expect(only(lint(silent), 'no-description')).toMatchObject([
      {where: {rulePriority: null}, message: 'Rules 1, 2 have no description.'},
    ])
    expect(only(lint([releases]), 'no-description')).toEqual([])
  })
})
