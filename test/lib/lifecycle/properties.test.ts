import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import {evaluate} from '../../../src/lib/lifecycle/evaluate.ts'
import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import {referenceEvaluation} from './reference.ts'

const now = 1_800_000_000_000

// Few letters and whole days: so that patterns match, times tie and ages lie on the boundary.
const text = fc.string({unit: fc.constantFrom('a', 'b', '-'), maxLength: 4})
const pattern = fc.string({unit: fc.constantFrom('a', 'b', '-', '*'), minLength: 1, maxLength: 4})
const moment = fc.integer({min: 0, max: 5}).map(days => now - days * 86_400_000)

const images: fc.Arbitrary<readonly LifecycleImage[]> = fc
  .array(
    fc.record(
      {
        tags: fc.uniqueArray(text, {maxLength: 3}),
        pushedAt: moment,
        archivedAt: moment,
        pulledAt: moment,
        activatedAt: moment,
        subject: fc.nat(30).map(String),
      },
      {requiredKeys: ['tags', 'pushedAt']},
    ),
    {maxLength: 20},
  )
  .map(made =>
    made.map(({activatedAt, ...image}, n) => ({
      ...image,
      digest: String(n),
      storageClass: image.archivedAt === undefined ? 'standard' : 'archive',
      // Nothing is restored before it is pushed.
      ...(activatedAt === undefined ? {} : {activatedAt: Math.max(activatedAt, image.pushedAt)}),
    })),
  )

const number = fc.integer({min: 1, max: 6})
const counts = fc.oneof(
  fc.record({countType: fc.constant('imageCountMoreThan'), countNumber: number}),
  fc.record({countType: fc.constantFrom('sinceImagePushed', 'sinceImagePulled'), countNumber: number}),
  fc.record({
    countType: fc.constant('sinceImageTransitioned'),
    countNumber: number,
    storageClass: fc.constant('archive'),
  }),
)
const tagging = fc.oneof(
  fc.record({tagStatus: fc.constantFrom('any', 'untagged')}),
  fc.record({
    tagStatus: fc.constant('tagged'),
    tagPatternList: fc.array(pattern, {minLength: 1, maxLength: 2}),
  }),
  fc.record({
    tagStatus: fc.constant('tagged'),
    tagPrefixList: fc.array(
      text.filter(prefix => prefix !== ''),
      {minLength: 1, maxLength: 2},
    ),
  }),
)
const rules: fc.Arbitrary<readonly LifecycleRule[]> = fc
  .uniqueArray(fc.integer({min: 1, max: 99}), {minLength: 1, maxLength: 5})
  .chain(priorities => fc.tuple(...priorities.map(priority => ruleOf(priority))))

function ruleOf(rulePriority: number): fc.Arbitrary<LifecycleRule> {
  return fc.tuple(tagging, counts).map(([tags, count]) => ({
    rulePriority,
    selection: {...tags, ...count} as Selection,
    action: {type: 'expire'},
  }))
}

function actsOf(policy: readonly LifecycleRule[], all: readonly LifecycleImage[]): Record<string, number> {
  const {decisions} = evaluate(policy, all, now)
  return Object.fromEntries(decisions.map(({image, rule}) => [image.digest, rule.rulePriority]))
}

test('agrees with the user guide taken word by word', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(actsOf(policy, all)).toEqual(referenceEvaluation(policy, all, now))
    }),
    {numRuns: 2000},
  )
})

test('the order in which the images are given does not matter', () => {
  const shuffled = images.chain(all =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], {minLength: all.length})),
  )
  fc.assert(
    fc.property(rules, shuffled, (policy, [all, again]) => {
      expect(evaluate(policy, again, now).decisions).toEqual(evaluate(policy, all, now).decisions)
    }),
  )
})

test('an image is acted on by one rule at most, the first that selects it', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      const {decisions, candidates} = evaluate(policy, all, now)
      expect(new Set(decisions.map(({image}) => image.digest)).size).toBe(decisions.length)
      for (const {image, rule} of decisions)
        expect(candidates.find(candidate => candidate.image === image)?.rules[0]).toBe(rule)
    }),
  )
})

test('a rule above all others that selects everything and marks nothing keeps everything', () => {
  const shields: readonly LifecycleRule[] = (['standard', 'archive'] as const).map(storageClass => ({
    rulePriority: 0,
    selection: {tagStatus: 'any', storageClass, countType: 'imageCountMoreThan', countNumber: 1000},
    action: {type: 'expire'},
  }))
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(evaluate([...shields, ...policy], all, now).decisions).toEqual([])
    }),
  )
})

test('a rule below all others changes nothing of what they do', () => {
  fc.assert(
    fc.property(rules, ruleOf(100), images, (policy, last, all) => {
      expect(actsOf([...policy, last], all)).toMatchObject(actsOf(policy, all))
    }),
  )
})

test('a day later, no image is kept that would have gone by age alone', () => {
  const byAge = rules.filter(policy =>
    policy.every(({selection}) => selection.countType !== 'imageCountMoreThan'),
  )
  fc.assert(
    fc.property(byAge, images, (policy, all) => {
      const later = evaluate(policy, all, now + 86_400_000).decisions.map(({image}) => image.digest)
      expect(later).toEqual(expect.arrayContaining(Object.keys(actsOf(policy, all))))
    }),
  )
})
