import {describe, expect, test} from 'vitest'
import {
  ago,
  any,
  archive,
  archived,
  image,
  judged,
  newest,
  pushed,
  rule,
  tagged,
  untagged,
  vectorImage,
} from './judge-support.ts'
import {vectors} from './vectors.ts'

const sinceAWeek = rule(1, {...untagged, ...pushed(7)})

describe('the worked examples of the user guide', () => {
  test.each(vectors)('$name', ({images, rules, acts}) => {
    const given = images.map(vectorImage)
    const {departures, verdict} = judged(rules, given)
    expect(Object.fromEntries(departures.map(each => [each.image.digest, each.rule.rulePriority]))).toEqual(
      acts,
    )
    for (const {digest} of given) {
      const {fate, reason} = verdict(digest)
      expect(fate !== null).toBe(digest in acts)
      expect(reason.kind === 'marked' ? reason.rule.rulePriority : undefined).toBe(acts[digest])
    }
  })
})

test('an image has a rank in every count rule that selects it, whichever decides', () => {
  const rules = [
    rule(3, {...any, ...newest(4)}),
    rule(1, {...tagged('a*'), ...newest(1)}),
    rule(2, {...tagged('*b'), ...newest(9)}),
    rule(4, {...any, ...pushed(100)}),
    rule(5, {...any, storageClass: 'archive', ...newest(1)}),
  ]
  const images = [
    image('A', {tags: ['a-b'], pushedAt: ago(5)}),
    image('B', {tags: ['a'], pushedAt: ago(4)}),
    image('C', {tags: ['b'], pushedAt: ago(3)}),
    image('D', {pushedAt: ago(2)}),
    image('E', {storageClass: 'archive', pushedAt: ago(9), archivedAt: ago(1)}),
    // Restored: as new as that.
    image('F', {pushedAt: ago(50), archivedAt: ago(40), activatedAt: ago(1)}),
    image('G', {subject: 'D'}),
    image('H', {storageClass: 'archive', restoring: true}),
  ]
  const {verdict} = judged(rules, images)
  const ranks = (digest: string) =>
    verdict(digest).ranks.map(({rule: {rulePriority}, rank, of}) => [rulePriority, rank, of])
  expect(Object.fromEntries(images.map(({digest}) => [digest, ranks(digest)]))).toEqual({
    A: [
      [1, 2, 2],
      [2, 2, 2],
      [3, 5, 5],
    ],
    B: [
      [1, 1, 2],
      [3, 4, 5],
    ],
    C: [
      [2, 1, 2],
      [3, 3, 5],
    ],
    D: [[3, 2, 5]],
    E: [[5, 1, 1]],
    F: [[3, 1, 5]],
    G: [],
    H: [],
  })
})

test('older images go first, but an index before what it lists and a referrer after its subject', () => {
  const images = [
    image('signature', {pushedAt: ago(30), subject: 'young'}),
    image('child', {pushedAt: ago(20)}),
    image('index', {pushedAt: ago(10), children: ['child']}),
    image('old', {pushedAt: ago(15)}),
    image('young', {pushedAt: ago(8)}),
    image('signature of the signature', {pushedAt: ago(40), subject: 'signature'}),
  ]
  const {goes, departures} = judged([sinceAWeek], images)
  expect(goes).toEqual(['index', 'child', 'old', 'young', 'signature', 'signature of the signature'])
  expect(departures.map(({follows}) => follows)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'young',
    'signature',
  ])
})

describe('index children', () => {
  test('a marked child stays while an index that stays lists it', () => {
    const images = [image('index', {tags: ['v1'], children: ['child']}), image('child', {pushedAt: ago(9)})]
    const {goes, verdict} = judged([sinceAWeek], images)
    expect(goes).toEqual([])
    expect(verdict('child')).toMatchObject({
      fate: null,
      reason: {kind: 'listed', rule: {rulePriority: 1}, indexes: ['index']},
      due: null,
    })
  })

  test('an index that lists it twice is named once', () => {
    const images = [
      image('index', {tags: ['v1'], children: ['child', 'child']}),
      image('child', {pushedAt: ago(9)}),
    ]
    expect(judged([sinceAWeek], images).verdict('child').reason).toMatchObject({indexes: ['index']})
  })

  test('only those indexes that stay are in the way', () => {
    const images = [
      image('going', {pushedAt: ago(9), children: ['child']}),
      image('staying', {tags: ['v1'], children: ['child']}),
      image('child', {pushedAt: ago(9)}),
    ]
    const {goes, verdict} = judged([sinceAWeek], images)
    expect(goes).toEqual(['going'])
    expect(verdict('child').reason).toMatchObject({kind: 'listed', indexes: ['staying']})
  })

  test('an index goes before what it lists, through any depth; what is not there is no matter', () => {
    const images = [
      image('outer', {pushedAt: ago(9), children: ['inner', 'nowhere']}),
      image('inner', {pushedAt: ago(9), children: ['child']}),
      image('child', {pushedAt: ago(9)}),
    ]
    expect(judged([sinceAWeek], images).goes).toEqual(['outer', 'inner', 'child'])
  })

  test('a child may follow its index into the archive, not precede it', () => {
    const toArchive = rule(1, {...untagged, ...pushed(7)}, archive)
    const child = image('child', {pushedAt: ago(9)})
    const index = image('index', {tags: ['v1'], children: ['child']})
    expect(judged([toArchive], [child, index]).goes).toEqual([])
    const inArchive = image('index', {...index, storageClass: 'archive', archivedAt: ago(1)})
    expect(judged([toArchive], [child, inArchive]).goes).toEqual(['child'])
    // That an archived index keeps its children from expiring is unconfirmed.
    expect(judged([sinceAWeek], [child, inArchive]).goes).toEqual([])
  })
})

describe('referrers', () => {
  const subject = image('subject', {pushedAt: ago(9)})

  test('a referrer shares the fate of its subject, whatever its own age and tags', () => {
    const signature = image('signature', {tags: ['keep'], subject: 'subject'})
    const {departures, verdict} = judged([sinceAWeek], [subject, signature])
    expect(departures).toEqual([
      {image: subject, fate: 'expire', rule: sinceAWeek},
      {image: signature, fate: 'expire', rule: sinceAWeek, follows: 'subject'},
    ])
    expect(verdict('signature')).toMatchObject({
      fate: 'expire',
      reason: {kind: 'follows', subject: 'subject'},
    })
  })

  test('a referrer stays with a subject that stays', () => {
    const kept = image('subject', {...subject, tags: ['v1']})
    const {goes, verdict} = judged(
      [sinceAWeek],
      [kept, image('old', {pushedAt: ago(90), subject: 'subject'})],
    )
    expect(goes).toEqual([])
    expect(verdict('old')).toMatchObject({
      fate: null,
      reason: {kind: 'follows', subject: 'subject'},
      due: null,
    })
  })

  test('a referrer without its subject is an image like any other', () => {
    const {goes, verdict} = judged([sinceAWeek], [image('orphan', {pushedAt: ago(9), subject: 'gone'})])
    expect(goes).toEqual(['orphan'])
    expect(verdict('orphan').reason.kind).toBe('marked')
  })

  test('an index that stays keeps a referrer, and says so', () => {
    const images = [
      subject,
      image('signature', {subject: 'subject'}),
      image('index', {tags: ['v1'], children: ['signature']}),
    ]
    const {goes, verdict} = judged([sinceAWeek], images)
    expect(goes).toEqual(['subject'])
    expect(verdict('signature').reason).toMatchObject({
      kind: 'listed',
      subject: 'subject',
      indexes: ['index'],
    })
  })

  test('what refers to itself or in a ring is not judged for ever', () => {
    const images = [
      image('self', {pushedAt: ago(9), subject: 'self'}),
      image('a', {pushedAt: ago(9), subject: 'b'}),
      image('b', {pushedAt: ago(9), subject: 'a'}),
    ]
    const {goes, verdict} = judged([sinceAWeek], images)
    expect(goes).toEqual([])
    expect(images.map(({digest}) => verdict(digest).due)).toEqual([null, null, null])
  })
})

test('nothing touches what is being restored, and it takes no place among the newest', () => {
  const images = [
    image('restoring', {storageClass: 'archive', restoring: true, pushedAt: ago(90), archivedAt: ago(80)}),
    image('archived', {storageClass: 'archive', pushedAt: ago(90), archivedAt: ago(80)}),
    image('newer', {storageClass: 'archive', pushedAt: ago(90), archivedAt: ago(2)}),
  ]
  const {goes, verdict} = judged([rule(1, {...any, ...archived(30)})], images)
  expect(goes).toEqual(['archived'])
  expect(verdict('restoring')).toMatchObject({
    fate: null,
    reason: {kind: 'restoring'},
    ranks: [],
    due: null,
  })
  const byCount = judged([rule(1, {...any, storageClass: 'archive', ...newest(1)})], images)
  expect(byCount.goes).toEqual(['archived'])
  expect(byCount.verdict('newer').ranks).toMatchObject([{rank: 1, of: 2}])
})

describe('due', () => {
  const day = (offset: number) => ago(-offset)

  test('is the moment after which an age rule takes the image', () => {
    const images = [image('young', {pushedAt: ago(4)}), image('old', {pushedAt: ago(9)})]
    const {verdict} = judged([sinceAWeek], images)
    expect(verdict('young').due).toBe(day(3))
    expect(verdict('old').due).toBe(day(-2))
  })

  test('is none by number of images, and none without a rule', () => {
    const images = [image('counted', {tags: ['v1']}), image('unselected', {tags: ['x']})]
    const {verdict} = judged(
      [rule(1, {...tagged('v*'), ...newest(1)}), rule(2, {...tagged('v*'), ...pushed(9)})],
      images,
    )
    expect(verdict('counted').due).toBeNull()
    expect(verdict('unselected').due).toBeNull()
  })

  test('waits for the last index', () => {
    const rules = [sinceAWeek, rule(2, {...tagged('v*'), ...pushed(30)})]
    const images = [
      image('child', {pushedAt: ago(9)}),
      image('first', {tags: ['v1'], pushedAt: ago(10), children: ['child']}),
      image('last', {tags: ['v2'], pushedAt: ago(5), children: ['child']}),
    ]
    expect(judged(rules, images).verdict('child').due).toBe(day(25))
    const kept = image('kept', {tags: ['x'], children: ['child']})
    expect(judged(rules, [...images, kept]).verdict('child').due).toBeNull()
  })

  test('is that of the subject for what follows it', () => {
    const images = [
      image('subject', {pushedAt: ago(4)}),
      image('signature', {subject: 'subject', pushedAt: ago(90)}),
      image('signature of it', {subject: 'signature', pushedAt: ago(90)}),
    ]
    const {verdict} = judged([sinceAWeek], images)
    expect(verdict('signature').due).toBe(day(3))
    expect(verdict('signature of it').due).toBe(day(3))
  })
})
