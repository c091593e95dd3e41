import {describe, expect, test} from 'vitest'
import type {ImageRecord} from '../../../../src/lib/ecr/inventory/model.ts'
import type {Digest} from '../../../../src/lib/oci/digest.ts'
import {digestOf} from '../../../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../../../src/lib/oci/media-types.ts'
import {tagEvidence} from '../../../../src/lib/repos/risks/overwritten-tags.ts'

const now = Date.UTC(2026, 10, 1)
const day = 24 * 60 * 60 * 1000

function image(
  name: string,
  daysAgo: number,
  tags: readonly string[] = [],
  more: Partial<ImageRecord> = {},
): ImageRecord {
  return {
    digest: digestOf(Buffer.from(name)),
    tags,
    mediaType: mediaTypes.ociManifest,
    size: 1,
    status: 'active',
    pushedAt: now - daysAgo * day,
    ...more,
  }
}

const every = () => true
const none: ReadonlySet<Digest> = new Set()

describe('images that may have lost a tag', () => {
  test('are those without one, of the last 90 days, and tags of what came later may have been theirs', () => {
    const [old, lost, released, newest] = [
      image('old', 91),
      image('lost', 40),
      image('released', 50, ['v1']),
      image('newest', 1, ['v2']),
    ]
    const {leftBehind, overwritten} = tagEvidence([old, lost, released, newest], none, every, now)
    expect(leftBehind).toEqual([lost.digest])
    expect(overwritten).toEqual(['v2'])
  })

  test.each<[string, ImageRecord, ReadonlySet<Digest>]>([
    ['listed by an index', image('child', 3), new Set([image('child', 3).digest])],
    ['a referrer', image('signature', 3, [], {subject: image('app', 9).digest}), none],
    ['tagged', image('tagged', 3, ['v0']), none],
    ['older than 90 days', image('ancient', 90.01), none],
  ])('are not one that is %s', (_, candidate, listed) => {
    const {leftBehind, overwritten} = tagEvidence([candidate, image('app', 1, ['v1'])], listed, every, now)
    expect([leftBehind, overwritten]).toEqual([[], []])
  })

  test('are not guessed where it is unknown what indexes list', () => {
    const {leftBehind, overwritten} = tagEvidence(
      [image('lost', 3), image('app', 1, ['v1'])],
      undefined,
      every,
      now,
    )
    expect([leftBehind, overwritten]).toEqual([[], []])
  })
})

test('the likeliest tags come first: names of moving ones, then the newest', () => {
  const images = [
    image('lost', 30),
    image('a', 20, ['build-7']),
    image('b', 5, ['build-9', 'latest']),
    image('c', 9, ['build-8']),
  ]
  expect(tagEvidence(images, none, every, now).overwritten).toEqual([
    'latest',
    'build-9',
    'build-8',
    'build-7',
  ])
})

test('tags that are excepted, or could not move before, are not told', () => {
  const images = [image('lost', 30), image('app', 1, ['latest', 'main', 'v1'])]
  const {moving, overwritten} = tagEvidence(images, none, tag => tag !== 'latest', now)
  expect(moving).toEqual(['main'])
  expect(overwritten).toEqual(['main', 'v1'])
})

describe('names of moving tags', () => {
  const movingOf = (...tags: readonly string[]) =>
    tagEvidence([image('app', 1, tags)], none, every, now).moving

  test.each([
    'latest',
    'Latest',
    'main',
    'staging',
    'dev',
    '3.20-latest',
    `sha256-${'a'.repeat(64)}.sig`,
    `sha256-${'b'.repeat(64)}`,
  ])('%s is one', tag => {
    expect(movingOf(tag)).toEqual([tag])
  })

  test.each(['v1.2.3', '42', 'pr-7', 'development-kit', 'latestish', 'sha256-abc'])('%s is none', tag => {
    expect(movingOf(tag)).toEqual([])
  })

  test('a version is one beside a longer one of its kind', () => {
    expect(movingOf('v1', 'v1.2', 'v1.2.3', 'v2')).toEqual(['v1', 'v1.2'])
    expect(movingOf('20261101', '20261102')).toEqual([])
  })
})
