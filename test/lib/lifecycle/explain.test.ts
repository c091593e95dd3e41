import {expect, test} from 'vitest'
import {departureSentence, sentenceOf, storyOf} from '../../../src/lib/lifecycle/explain.ts'
import {forecast} from '../../../src/lib/lifecycle/forecast.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {
  ago,
  any,
  archive,
  archived,
  image,
  judged,
  newest,
  now,
  pushed,
  rule,
  tagged,
  unpulled,
  untagged,
} from './judge-support.ts'

function sentences(rules: readonly LifecycleRule[], images: readonly RepositoryImage[]) {
  const {verdict} = judged(rules, images)
  return Object.fromEntries(images.map(({digest}) => [digest, sentenceOf(verdict(digest), now)]))
}

test('a count rule is explained by the place among those that it selects', () => {
  const images = Array.from({length: 112}, (_, n) => image(`i${n + 1}`, {pushedAt: ago(n + 1)}))
  expect(sentences([rule(10, {...any, ...newest(5)})], images)).toMatchObject({
    i1: 'kept: newest of 112; rule 10 keeps 5',
    i2: 'kept: 2nd newest of 112; rule 10 keeps 5',
    i3: 'kept: 3rd newest of 112; rule 10 keeps 5',
    i5: 'kept: 5th newest of 112; rule 10 keeps 5',
    i6: 'expires now: 6th newest of 112; rule 10 keeps 5',
    i11: 'expires now: 11th newest of 112; rule 10 keeps 5',
    i22: 'expires now: 22nd newest of 112; rule 10 keeps 5',
    i101: 'expires now: 101st newest of 112; rule 10 keeps 5',
    i112: 'expires now: 112th newest of 112; rule 10 keeps 5',
  })
})

test('a rule that goes by age is explained by its beginning and the day on which the image goes', () => {
  const images = [
    image('old', {pushedAt: ago(15)}),
    image('young', {pushedAt: ago(4)}),
    image('almost', {pushedAt: ago(12.5)}),
    image('at the boundary', {pushedAt: ago(14)}),
  ]
  expect(sentences([rule(5, {...untagged, ...pushed(14)})], images)).toEqual({
    old: 'expires now: pushed 2026-11-06; rule 5 keeps it 14 days',
    young:
      'kept: pushed 2026-11-17; rule 5 keeps it 14 days; expires 2026-12-01 (in 10 days) unless something changes',
    almost:
      'kept: pushed 2026-11-08; rule 5 keeps it 14 days; expires 2026-11-22 (in 2 days) unless something changes',
    'at the boundary':
      'kept: pushed 2026-11-07; rule 5 keeps it 14 days; expires 2026-11-21 (today) unless something changes',
  })
})

test('the beginning of an age is the pull, the restoration, the push or the archiving that counts', () => {
  const images = [
    image('pulled', {pushedAt: ago(200), pulledAt: ago(1)}),
    image('restored', {pushedAt: ago(200), pulledAt: ago(150), activatedAt: ago(1)}),
    image('never', {pushedAt: ago(2)}),
    image('archived', {storageClass: 'archive', pushedAt: ago(200), archivedAt: ago(20)}),
    image('at some time', {storageClass: 'archive', pushedAt: ago(200)}),
  ]
  expect(
    sentences([rule(1, {...any, ...unpulled(1)}, archive), rule(2, {...any, ...archived(1)})], images),
  ).toEqual({
    pulled:
      'kept: last pulled 2026-11-20; rule 1 keeps it 1 day; is archived 2026-11-21 (today) unless something changes',
    restored:
      'kept: restored 2026-11-20 and not pulled since; rule 1 keeps it 1 day; is archived 2026-11-21 (today) unless something changes',
    never: 'is archived now: never pulled, pushed 2026-11-19; rule 1 keeps it 1 day',
    archived: 'expires now: archived 2026-11-01; rule 2 keeps it 1 day',
    'at some time':
      'kept: archived on an unknown day; rule 2 keeps it 1 day; no day is known on which it goes',
  })
})

test('an image says which index keeps it, and until when', () => {
  const images = [
    image('index', {tags: ['v1'], pushedAt: ago(4), children: ['child', 'young child']}),
    image('other', {tags: ['keep'], pushedAt: ago(4), children: ['shared']}),
    image('third', {tags: ['keep'], pushedAt: ago(4), children: ['shared', 'young shared']}),
    image('child', {pushedAt: ago(10)}),
    image('young child', {pushedAt: ago(2)}),
    image('shared', {pushedAt: ago(10)}),
    image('young shared', {pushedAt: ago(2)}),
  ]
  const rules = [rule(1, {...untagged, ...pushed(3)}), rule(2, {...tagged('v*'), ...pushed(14)})]
  expect(sentences(rules, images)).toMatchObject({
    child:
      'kept: rule 1 marks it, but index lists it and stays; goes 2026-12-01 (in 10 days) unless something changes',
    'young child':
      'kept: pushed 2026-11-19; rule 1 keeps it 3 days; expires 2026-12-01 (in 10 days), not before the indexes that list it, unless something changes',
    shared: 'kept: rule 1 marks it, but other and another index list it and stay',
    'young shared': 'kept: pushed 2026-11-19; rule 1 keeps it 3 days; no day is known on which it goes',
    other: 'kept: no rule selects it',
  })
})

test('a referrer says which subject it follows', () => {
  const images = [
    image('going', {pushedAt: ago(10)}),
    image('staying', {pushedAt: ago(4)}),
    image('tagged', {tags: ['keep']}),
    image('signature', {subject: 'going'}),
    image('held', {subject: 'going'}),
    image('young', {subject: 'staying'}),
    image('safe', {subject: 'tagged'}),
    image('index', {tags: ['keep'], children: ['held']}),
    image('coming back', {storageClass: 'archive', restoring: true}),
  ]
  expect(sentences([rule(1, {...untagged, ...pushed(5)})], images)).toMatchObject({
    signature: 'expires now: follows going, to which it refers',
    held: 'kept: rule 1 acts on going, to which it refers, but index lists it and stays',
    young: 'kept: goes only with staying, to which it refers, 2026-11-22 (in 1 day) unless something changes',
    safe: 'kept: goes only with tagged, to which it refers',
    'coming back': 'kept: it is being restored from the archive',
  })
})

/** What is said of everything that goes within 120 days, each as often as something happens to it. */
function departures(rules: readonly LifecycleRule[], images: readonly RepositoryImage[]) {
  const {verdict} = judged(rules, images)
  return forecast(rules, images, now, 120).map(
    departure =>
      `${departure.image.digest} ${departureSentence(departure, verdict(departure.image.digest), now)}`,
  )
}

test('what goes later is said with its day and why it goes, not why it is kept until then', () => {
  const images = [
    image('old', {pushedAt: ago(15)}),
    image('young', {pushedAt: ago(4)}),
    image('signature', {pushedAt: ago(4), subject: 'young'}),
  ]
  expect(departures([rule(5, {...untagged, ...pushed(14)})], images)).toEqual([
    'old expires now: pushed 2026-11-06; rule 5 keeps it 14 days',
    'young expires 2026-12-02: pushed 2026-11-17; rule 5 keeps it 14 days',
    'signature expires 2026-12-02: follows young, to which it refers',
  ])
})

test('what is archived and expires later says both, each with its own age', () => {
  const rules = [rule(1, {...any, ...unpulled(30)}, archive), rule(2, {...any, ...archived(90)})]
  expect(departures(rules, [image('a', {pushedAt: ago(28)})])).toEqual([
    'a is archived 2026-11-24: never pulled, pushed 2026-10-24; rule 1 keeps it 30 days',
    'a expires 2027-02-23: archived 2026-11-24; rule 2 keeps it 90 days',
  ])
})

test('what an index keeps until that goes says so', () => {
  const rules = [
    rule(1, {...tagged('v*'), ...pushed(14)}),
    rule(2, {...tagged('arm*'), ...newest(1)}),
    rule(3, {...untagged, ...pushed(3)}),
  ]
  const images = [
    image('index', {tags: ['v1'], pushedAt: ago(4), children: ['amd', 'arm']}),
    image('amd', {pushedAt: ago(10)}),
    image('arm', {tags: ['arm-1'], pushedAt: ago(11)}),
    image('newer', {tags: ['arm-2'], pushedAt: ago(1)}),
  ]
  expect(departures(rules, images)).toEqual([
    'index expires 2026-12-02: pushed 2026-11-17; rule 1 keeps it 14 days',
    'arm expires 2026-12-02: 2nd newest of 2; rule 2 keeps 1, and an index that lists it goes before',
    'amd expires 2026-12-02: pushed 2026-11-11; rule 3 keeps it 3 days, and an index that lists it goes before',
  ])
})

test('a day beyond all dates is no fault', () => {
  expect(sentences([rule(1, {...any, ...pushed(1e9)})], [image('a')])['a']).toContain(
    'expires after all dates',
  )
})

test('the story goes through the rules by priority, and says which decides', () => {
  const rules = [
    rule(40, {...any, ...newest(1)}),
    rule(10, {...tagged('prod*', 'v?', '*-eu'), ...newest(1)}),
    rule(20, {...untagged, ...pushed(14)}),
    rule(30, {...tagged('build-*'), ...newest(2)}),
    rule(50, {...any, storageClass: 'archive', ...newest(1)}),
    rule(35, {tagStatus: 'tagged', tagPrefixList: ['bu', 'x'], ...newest(2)}),
    rule(36, {...tagged('*'), ...pushed(3)}),
  ]
  const images = [
    image('asked', {tags: ['build-7', 'prod-eu'], pushedAt: ago(9)}),
    image('newer', {tags: ['build-8']}),
  ]
  expect(storyOf(judged(rules, images).verdict('asked'), rules, now)).toEqual([
    'rule 10 (expire all but the newest image with a tag prod*, one v? and one *-eu) does not select it: no tag of it matches v?',
    'rule 20 (expire untagged images pushed more than 14 days ago) does not select it: it has tags',
    'rule 30 (expire all but the newest 2 images with a tag build-*) selects it and leaves it (2nd newest of 2, keeps 2); this rule decides',
    'rule 35 (expire all but the newest 2 images with a tag beginning with bu and one beginning with x) does not select it: no tag of it matches the prefix x',
    'rule 36 (expire images with a tag * pushed more than 3 days ago) selects it and marks it (pushed 2026-11-12, keeps 3 days); rule 30 decides',
    'rule 40 (expire all but the newest image) selects it and marks it (2nd newest of 2, keeps 1); rule 30 decides',
    'rule 50 (expire all but the newest archived image) does not select it: it is not archived',
  ])
})

test('the story of an image that no rule may select says why', () => {
  const rules = [rule(1, {...untagged, ...pushed(5)}), rule(2, {...tagged('v*'), ...newest(1)})]
  const images = [
    image('untagged'),
    image('archived', {storageClass: 'archive', archivedAt: ago(1)}),
    image('referrer', {subject: 'untagged'}),
    image('coming back', {storageClass: 'archive', restoring: true}),
    image('going', {pushedAt: ago(10)}),
    image('held', {subject: 'going'}),
    image('index', {tags: ['keep'], children: ['held']}),
  ]
  const {verdict} = judged(rules, images)
  const reasons = (digest: string) =>
    storyOf(verdict(digest), rules, now).map(line => line.replace(/.*does not select it: /, ''))
  expect(reasons('untagged')[1]).toBe('it has no tags')
  expect(reasons('archived')).toEqual(['it is archived', 'it is archived'])
  expect(reasons('referrer')[0]).toBe('it follows untagged, to which it refers')
  expect(reasons('held')[0]).toBe('it follows going, to which it refers')
  expect(reasons('coming back')[0]).toBe('it is being restored from the archive')
})
