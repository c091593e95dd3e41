import {describe, expect, test} from 'vitest'
import type {ImageRecord, ImageStatus} from '../../../src/lib/ecr/inventory/model.ts'
import {type Digest, digestOf} from '../../../src/lib/oci/digest.ts'
import type {Holding, Unreadable} from '../../../src/lib/replication/actual.ts'
import {classify, isWhole} from '../../../src/lib/replication/classify.ts'
import type {Reported} from '../../../src/lib/replication/reported.ts'

const hourMs = 60 * 60_000
const now = Date.UTC(2026, 10, 21)
const [root, part, other] = ['root', 'part', 'other'].map(name => digestOf(Buffer.from(name)))
if (root === undefined || part === undefined || other === undefined) throw new Error('three digests')
const image = {
  digest: root,
  tags: ['v1'],
  pushedAt: now - hourMs,
  parts: [{digest: part, kind: 'child' as const}],
}

type Presence = ImageStatus | 'absent'
type TagState = 'names it' | 'names another' | 'names nothing'

function holding(rootIs: Presence, partIs: Presence, tag: TagState, isImmutable = false): Holding {
  const record = (digest: Digest, status: ImageStatus, tags: readonly string[]): ImageRecord => ({
    digest,
    tags,
    mediaType: 'any',
    size: 1,
    status,
    pushedAt: now,
  })
  const images = new Map<Digest, ImageRecord>()
  if (rootIs !== 'absent') images.set(image.digest, record(image.digest, rootIs, []))
  if (partIs !== 'absent') images.set(part as Digest, record(part as Digest, partIs, []))
  const named = {'names it': root, 'names another': other, 'names nothing': undefined}[tag]
  const tags = new Map(named === undefined ? [] : [['v1', named] as const])
  return {kind: 'read', hasRepository: true, images, tags, isImmutable: () => isImmutable}
}

const said = (
  status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED',
  failureCode: string | null = null,
): Reported => ({
  kind: 'said',
  status,
  failureCode,
})
const silent: Reported = {kind: 'silent'}
const unknown: Reported = {kind: 'unreadable', reason: 'denied', passes: false}
const reports: readonly Reported[] = [
  said('IN_PROGRESS'),
  said('COMPLETE'),
  said('FAILED'),
  silent,
  unknown,
  {kind: 'not-asked'},
]
const presences: readonly Presence[] = ['active', 'archived', 'activating', 'absent']
const tagStates: readonly TagState[] = ['names it', 'names another', 'names nothing']

test('only what is all there, and not reported as failed where that can be told, is in sync, whatever else is said of it', () => {
  let seen = 0
  for (const rootIs of presences)
    for (const partIs of presences)
      for (const tag of tagStates)
        for (const isImmutable of [false, true])
          for (const ofRoot of reports)
            for (const ofPart of reports) {
              const there = holding(rootIs, partIs, tag, isImmutable)
              const {status} = classify(image, there, digest => (digest === root ? ofRoot : ofPart), now)
              const isThere = rootIs === 'active' && partIs === 'active' && tag === 'names it'
              const hasFailed = [ofRoot, ofPart].some(
                each => each.kind === 'said' && each.status === 'FAILED',
              )
              expect(isWhole(image, there)).toBe(isThere)
              const isTold = [ofRoot, ofPart].every(({kind}) => kind !== 'unreadable')
              expect(status.class === 'in-sync').toBe(isThere && isTold && !hasFailed)
              expect(status.class === 'failed').toBe(hasFailed)
              expect(status.reason === '').toBe(status.class === 'in-sync')
              expect(status.missing.length === 0).toBe(isThere)
              seen += 1
            }
  expect(seen).toBe(4 * 4 * 3 * 2 * 6 * 6)
})

describe('what is not there', () => {
  const absent = holding('absent', 'absent', 'names nothing')
  const partAbsent = holding('active', 'absent', 'names it')
  test.each<[string, Holding | Unreadable, Reported, Reported, string, boolean]>([
    ['is in progress when ECR says so', absent, said('IN_PROGRESS'), silent, 'in-progress', false],
    [
      'is in progress while a child is',
      partAbsent,
      said('COMPLETE'),
      said('IN_PROGRESS'),
      'in-progress',
      false,
    ],
    ['has failed when a child has', absent, said('IN_PROGRESS'), said('FAILED'), 'failed', true],
    ['is missing though ECR says COMPLETE', absent, said('COMPLETE'), said('COMPLETE'), 'missing', true],
    ['is missing when a child is', partAbsent, said('COMPLETE'), silent, 'missing', true],
    [
      'is missing when it is archived there',
      holding('archived', 'active', 'names it'),
      said('COMPLETE'),
      silent,
      'missing',
      true,
    ],
    [
      'is missing when it is archived there, also where ECR says nothing',
      holding('archived', 'active', 'names it'),
      silent,
      silent,
      'missing',
      true,
    ],
    ['is older when ECR says nothing', absent, silent, silent, 'older', true],
    [
      'has drifted when ECR says nothing and the tag names another',
      holding('absent', 'absent', 'names another'),
      silent,
      silent,
      'drifted',
      true,
    ],
    ['is unreadable when the source is', absent, unknown, silent, 'unreadable', true],
    [
      'is unreadable when the source is for a child',
      partAbsent,
      said('COMPLETE'),
      unknown,
      'unreadable',
      true,
    ],
    ['is unreadable when nobody asked', absent, {kind: 'not-asked'}, silent, 'unreadable', false],
    [
      'has failed, though the destination is unreadable',
      {kind: 'unreadable', reason: 'no', passes: false},
      said('FAILED'),
      silent,
      'failed',
      true,
    ],
    [
      'is unreadable with its destination, COMPLETE or not',
      {kind: 'unreadable', reason: 'no', passes: false},
      said('COMPLETE'),
      silent,
      'unreadable',
      true,
    ],
    [
      'may be readable later',
      {kind: 'unreadable', reason: 'no', passes: true},
      said('COMPLETE'),
      silent,
      'unreadable',
      false,
    ],
  ])('%s', (_name, look, ofRoot, ofPart, kind, isFinal) => {
    const found = classify(image, look, digest => (digest === root ? ofRoot : ofPart), now)
    expect(found).toMatchObject({status: {class: kind}, isFinal})
  })

  test('lags as long as it was pushed ago', () => {
    expect(classify(image, absent, () => said('IN_PROGRESS'), now).status.lagMs).toBe(hourMs)
    expect(classify(image, absent, () => said('IN_PROGRESS'), image.pushedAt - 5000).status.lagMs).toBe(0)
    expect(
      classify(image, holding('active', 'active', 'names it'), () => silent, now).status.lagMs,
    ).toBeNull()
  })

  test('is looked at again when it was pushed a moment ago and ECR says nothing yet', () => {
    const fresh = {...image, pushedAt: now - 1000}
    expect(classify(fresh, absent, () => silent, now)).toMatchObject({
      status: {class: 'older'},
      isFinal: false,
    })
  })
})

describe('what is there without its tag', () => {
  test.each<[string, TagState, boolean, Reported, string]>([
    ['has drifted when the tag names another', 'names another', false, said('COMPLETE'), 'drifted'],
    ['is untagged when the tag is immutable there', 'names another', true, said('COMPLETE'), 'untagged'],
    ['is untagged when nothing has the tag', 'names nothing', false, said('COMPLETE'), 'untagged'],
    ['is in progress when ECR says so', 'names another', false, said('IN_PROGRESS'), 'in-progress'],
    ['is not hidden by a source that cannot be asked', 'names nothing', false, unknown, 'untagged'],
  ])('%s', (_name, tag, isImmutable, ofRoot, kind) => {
    const found = classify(image, holding('active', 'active', tag, isImmutable), () => ofRoot, now)
    expect(found.status).toMatchObject({
      class: kind,
      missing: ['tag v1'],
      lagMs: kind === 'in-progress' ? hourMs : null,
    })
  })
})

test('an image that is there is failed when ECR is known to say so, with the code', () => {
  const found = classify(image, holding('active', 'active', 'names it'), () => said('FAILED', 'Kms'), now)
  expect(found.status).toMatchObject({class: 'failed', reported: 'FAILED', failureCode: 'Kms', missing: []})
})

test('a failure code of a stranger stays within its line', () => {
  const code = `\u001b[2J\n::error::${'x'.repeat(500)}`
  const {reason} = classify(
    image,
    holding('absent', 'absent', 'names nothing'),
    () => said('FAILED', code),
    now,
  ).status
  expect(reason).not.toContain('\n')
  expect(reason).not.toContain('\u001b')
  expect(reason.length).toBeLessThan(400)
})
