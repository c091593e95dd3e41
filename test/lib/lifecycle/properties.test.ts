import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import {evaluate} from '../../../src/lib/lifecycle/evaluate.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {cases, images, now, ruleOf, rules} from './arbitraries.ts'
import {referenceEvaluation} from './reference.ts'

function actsOf(policy: readonly LifecycleRule[], all: readonly LifecycleImage[]): Record<string, number> {
  const {decisions} = evaluate(policy, all, now)
  return Object.fromEntries(decisions.map(({image, rule}) => [image.digest, rule.rulePriority]))
}

test('agrees with the user guide taken word by word', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(actsOf(policy, all)).toEqual(referenceEvaluation(policy, all, now))
    }),
    cases(2000),
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
    cases(300),
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
    cases(300),
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
    cases(300),
  )
})

test('a rule below all others changes nothing of what they do', () => {
  fc.assert(
    fc.property(rules, ruleOf(100), images, (policy, last, all) => {
      expect(actsOf([...policy, last], all)).toMatchObject(actsOf(policy, all))
    }),
    cases(300),
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
    cases(300),
  )
})
