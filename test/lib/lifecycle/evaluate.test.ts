import {expect, test} from 'vitest'
import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import {evaluate} from '../../../src/lib/lifecycle/evaluate.ts'
import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import {ago, image, now, vectorImage} from './judge-support.ts'
import {vectors} from './vectors.ts'

function actsOf(rules: readonly LifecycleRule[], images: readonly LifecycleImage[]) {
  const {decisions} = evaluate(rules, images, now)
  return Object.fromEntries(decisions.map(({image, rule}) => [image.digest, rule.rulePriority]))
}

function rule(selection: Selection, rulePriority = 1): LifecycleRule {
  return {rulePriority, selection, action: {type: 'expire'}}
}

const keepOne = rule({tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1})

test.each(vectors)('$name', ({images, rules, acts}) => {
  expect(actsOf(rules, images.map(vectorImage))).toEqual(acts)
})

test('the order of the rules in the text does not matter', () => {
  for (const {images, rules, acts} of vectors) {
    expect(actsOf(rules.toReversed(), images.map(vectorImage))).toEqual(acts)
  }
})

test('the oldest image goes first', () => {
  const images = [
    image('b', {pushedAt: ago(2)}),
    image('c', {pushedAt: ago(1)}),
    image('a', {pushedAt: ago(3)}),
  ]
  const {decisions} = evaluate([keepOne], images, now)
  expect(decisions.map(decision => decision.image.digest)).toEqual(['a', 'b'])
})

test('a restored image counts as new as its restoration, but as old as its push', () => {
  const images = [
    image('restored', {pushedAt: ago(100), archivedAt: ago(50), activatedAt: ago(1)}),
    image('other', {pushedAt: ago(10)}),
  ]
  expect(actsOf([keepOne], images)).toEqual({other: 1})
  const twentyDays = rule({
    tagStatus: 'any',
    countType: 'sinceImagePushed',
    countUnit: 'days',
    countNumber: 20,
  })
  expect(actsOf([twentyDays], images)).toEqual({restored: 1})
})

test('a restored image that nobody pulled since counts as pulled when it was restored', () => {
  const times = {pushedAt: ago(200), pulledAt: ago(150), archivedAt: ago(120)}
  const images = [
    image('restored', {...times, activatedAt: ago(10)}),
    image('restored long ago', {...times, activatedAt: ago(100)}),
    image('pulled since', {...times, activatedAt: ago(100), pulledAt: ago(5)}),
  ]
  const unpulled: LifecycleRule = {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90},
    action: {type: 'transition', targetStorageClass: 'archive'},
  }
  expect(actsOf([unpulled], images)).toEqual({'restored long ago': 1})
})

test('images of one moment are told apart by their digests, always the same way', () => {
  const images = ['c', 'a', 'b'].map(digest => image(digest))
  expect(actsOf([keepOne], images)).toEqual({b: 1, c: 1})
})

test('a referrer is not selected while its subject is there, and is an image like any other without', () => {
  const images = [
    image('subject', {tags: ['v1'], pushedAt: ago(3)}),
    image('signature', {subject: 'subject', pushedAt: ago(2)}),
    image('orphan', {subject: 'gone', pushedAt: ago(2)}),
  ]
  const untagged = rule({
    tagStatus: 'untagged',
    countType: 'sinceImagePushed',
    countUnit: 'days',
    countNumber: 1,
  })
  expect(actsOf([untagged], images)).toEqual({orphan: 1})
})

test('a prefix with an asterisk is no pattern', () => {
  const prefixed = rule({
    tagStatus: 'tagged',
    tagPrefixList: ['v*'],
    countType: 'sinceImagePushed',
    countNumber: 0,
  })
  expect(actsOf([prefixed], [image('a', {tags: ['v1']})])).toEqual({})
})

test('100,000 images and 50 rules take about a second', () => {
  const images = Array.from({length: 100_000}, (_, n) =>
    image(`sha256:${n}`, {tags: [`v${n % 60}-${n}`, `build-${n}`], pushedAt: ago(n / 1000)}),
  )
  const rules = Array.from({length: 50}, (_, n) =>
    rule(
      {
        tagStatus: 'tagged',
        tagPatternList: [`v${n}-*`, '*uild*'],
        countType: 'imageCountMoreThan',
        countNumber: 5,
      },
      n + 1,
    ),
  )
  const start = performance.now()
  const {decisions} = evaluate(rules, images, now)
  const elapsed = performance.now() - start
  expect(decisions).toHaveLength(40 * 1667 + 10 * 1666 - 50 * 5)
  // Measured 0.3 s; the bound only tells linear from quadratic.
  expect(elapsed).toBeLessThan(5000)
})
