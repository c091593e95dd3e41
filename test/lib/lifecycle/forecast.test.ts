import {expect, test} from 'vitest'
import {forecast} from '../../../src/lib/lifecycle/forecast.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {
  ago,
  any,
  archive,
  archived,
  image,
  newest,
  now,
  pushed,
  rule,
  tagged,
  unpulled,
  untagged,
} from './judge-support.ts'

/** What goes as `DAY DIGEST FATE`; the first run is on day 0. */
function foreseen(rules: readonly LifecycleRule[], images: readonly RepositoryImage[], days: number) {
  return forecast(rules, images, now, days).map(
    ({image: {digest}, fate, at}) => `${(at - now) / 86_400_000} ${digest} ${fate}`,
  )
}

const sinceAWeek = rule(1, {...untagged, ...pushed(7)})

test('what goes at once goes now, the rest in the first daily run after its day', () => {
  const images = [
    image('old', {pushedAt: ago(9)}),
    image('at noon', {pushedAt: ago(4.5)}),
    image('at the very moment', {pushedAt: ago(4)}),
    image('later', {pushedAt: ago(1)}),
  ]
  expect(foreseen([sinceAWeek], images, 6)).toEqual([
    '0 old expire',
    '3 at noon expire',
    '4 at the very moment expire',
  ])
  expect(foreseen([sinceAWeek], images, 7)).toContain('7 later expire')
})

test('with no day ahead only what goes now is foreseen', () => {
  expect(
    foreseen([sinceAWeek], [image('old', {pushedAt: ago(9)}), image('b', {pushedAt: ago(6.9)})], 0),
  ).toEqual(['0 old expire'])
})

test('what is archived may expire later, as the image that it then is', () => {
  const rules = [rule(1, {...any, ...unpulled(30)}, archive), rule(2, {...any, ...archived(90)})]
  const images = [image('a', {pushedAt: ago(10)})]
  expect(foreseen(rules, images, 365)).toEqual(['21 a archive', '112 a expire'])
  expect(forecast(rules, images, now, 365).at(1)?.image).toEqual({
    ...images[0],
    storageClass: 'archive',
    archivedAt: ago(-21),
  })
})

test('images that are archived push others out of those that a rule keeps in the archive', () => {
  const rules = [
    rule(1, {...any, ...pushed(10)}, archive),
    rule(2, {...any, storageClass: 'archive', ...newest(1)}),
  ]
  const images = [
    image('older', {storageClass: 'archive', pushedAt: ago(99), archivedAt: ago(9)}),
    image('newer', {pushedAt: ago(8)}),
  ]
  expect(foreseen(rules, images, 30)).toEqual(['3 newer archive', '4 older expire'])
})

test('what an index lists goes with it, if it is marked by then', () => {
  const rules = [sinceAWeek, rule(2, {...tagged('v*'), ...pushed(14)})]
  const images = [
    image('index', {tags: ['v1'], pushedAt: ago(10), children: ['child']}),
    image('child', {pushedAt: ago(10)}),
  ]
  expect(foreseen(rules, images, 30)).toEqual(['5 index expire', '5 child expire'])
})

test('a referrer goes on the day of its subject; one that an index keeps then is an image like any other', () => {
  const images = [
    image('subject', {pushedAt: ago(5)}),
    image('signature', {pushedAt: ago(4), subject: 'subject'}),
    image('held', {pushedAt: ago(4), subject: 'subject'}),
    image('index', {pushedAt: ago(1), children: ['held']}),
  ]
  expect(foreseen([sinceAWeek], images, 30)).toEqual([
    '3 subject expire',
    '3 signature expire',
    '7 index expire',
    '7 held expire',
  ])
})

test('rules that count images take nothing later: no pushes are foreseen', () => {
  const images = [1, 2, 3].map(n => image(`i${n}`, {pushedAt: ago(n)}))
  expect(foreseen([rule(1, {...any, ...newest(2)})], images, 365)).toEqual(['0 i3 expire'])
})

test('what a rule counts out while an index keeps it is counted in again when newer ones have gone', () => {
  const rules = [
    rule(1, {...tagged('pr-*'), ...pushed(7)}),
    rule(2, {...tagged('index'), ...pushed(10)}),
    rule(3, {...any, ...newest(2)}),
  ]
  const images = [
    image('newest', {tags: ['pr-1'], pushedAt: ago(5)}),
    image('index', {tags: ['index'], pushedAt: ago(5.5), children: ['child']}),
    image('child', {pushedAt: ago(6)}),
  ]
  expect(foreseen(rules, images, 30)).toEqual(['3 newest expire', '5 index expire'])
  const another = image('another', {tags: ['pr-2'], pushedAt: ago(1)})
  expect(foreseen(rules, [...images, another], 5)).toEqual([
    '3 newest expire',
    '5 index expire',
    '5 child expire',
  ])
})

test('an index that goes with what it refers to lets go of what it lists a day after it', () => {
  const rules = [rule(1, {...tagged('app'), ...pushed(7)}), rule(2, {...untagged, ...pushed(3)})]
  const images = [
    image('app', {tags: ['app'], pushedAt: ago(5)}),
    image('attached', {pushedAt: ago(5), subject: 'app', children: ['listed']}),
    image('listed', {pushedAt: ago(5)}),
  ]
  expect(foreseen(rules, images, 30)).toEqual(['3 app expire', '3 attached expire', '4 listed expire'])
})
