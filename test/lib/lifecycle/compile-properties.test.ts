import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {ConfigError} from '../../../src/lib/config/problems.ts'
import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import {evaluate} from '../../../src/lib/lifecycle/evaluate.ts'
import type {LifecyclePolicy} from '../../../src/lib/lifecycle/policy.ts'
import {readPolicyFile} from '../../../src/lib/lifecycle/policy-file.ts'
import {type Fates, keeps, type ReadableFile, readSlowly} from './readable-reference.ts'

const now = 1_800_000_000_000
const day = 86_400_000

// Few letters and whole days: so that patterns match, times tie and ages lie on the boundary.
const tag = fc.string({unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3})
const pattern = fc.stringMatching(/^(?:[ab]{1,2}\*?|\*?[ab]{1,2})$/)
const patterns = fc.uniqueArray(pattern, {minLength: 1, maxLength: 2})
const tagged = fc.oneof(
  fc.record({tags: pattern}),
  fc.record({anyOf: patterns}),
  fc.record({allOf: patterns}),
)
const untagged = fc.constant({untagged: true} as const)
const any = fc.constant({any: true} as const)
const days = fc.integer({min: 1, max: 4}).map(number => `${number}d`)
const byAge = fc.record({olderThan: days})
const byCount = fc.record({keepLast: fc.integer({min: 1, max: 4})})
const byPull = fc.record({notPulledFor: days})
const sparing = fc.record({except: patterns}, {requiredKeys: []})
const later = fc.record({thenExpireAfter: fc.constantFrom('90d', '13w')}, {requiredKeys: []})

const merged = (...parts: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map(values => Object.assign({}, ...values) as object)
const listOf = (rule: fc.Arbitrary<object>, maxLength: number) => fc.array(rule, {minLength: 1, maxLength})
const expiring = fc.oneof(
  merged(fc.oneof(tagged, any), fc.oneof(byAge, byCount), sparing),
  merged(untagged, fc.oneof(byAge, byCount)),
)
const archiving = fc.oneof(
  merged(fc.oneof(tagged, any), fc.oneof(byAge, byCount, byPull), sparing, later),
  merged(untagged, fc.oneof(byAge, byCount, byPull), later),
)
const file = fc
  .record(
    {keep: listOf(fc.oneof(tagged, untagged), 2), expire: listOf(expiring, 3), archive: listOf(archiving, 2)},
    {requiredKeys: []},
  )
  .filter(lists => Object.keys(lists).length > 0) as fc.Arbitrary<ReadableFile>

const moment = fc.integer({min: 0, max: 6}).map(number => now - number * day)
const images: fc.Arbitrary<readonly LifecycleImage[]> = fc
  .array(
    fc.record(
      {
        tags: fc.uniqueArray(tag, {maxLength: 3}),
        pushedAt: moment,
        pulledAt: moment,
        archivedAt: fc.integer({min: 88, max: 93}).map(number => now - number * day),
      },
      {requiredKeys: ['tags', 'pushedAt']},
    ),
    {minLength: 4, maxLength: 16},
  )
  .map(made =>
    made.map((image, n) => ({
      ...image,
      digest: `sha256:${String(n).padStart(2, '0')}`,
      storageClass: image.archivedAt === undefined ? 'standard' : 'archive',
    })),
  )

/** Undefined for rules that ECR cannot have beside each other. */
function compiled(rules: ReadableFile): LifecyclePolicy | undefined {
  try {
    return readPolicyFile(JSON.stringify(rules), 'policy.json')
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

function fatesOf({rules}: LifecyclePolicy, all: readonly LifecycleImage[]): Fates {
  return Object.fromEntries(
    evaluate(rules, all, now).decisions.map(({image, action}) => [
      image.digest,
      action.type === 'expire' ? 'expire' : 'archive',
    ]),
  )
}

test('the rules of ECR do what the readable rules say, and touch nothing that keep names', () => {
  let acted = 0
  fc.assert(
    fc.property(file, images, (rules, all) => {
      const policy = compiled(rules)
      fc.pre(policy !== undefined)
      const fates = fatesOf(policy, all)
      expect(fates).toEqual(readSlowly(rules, all, now))
      expect(all.filter(image => keeps(rules, image) && image.digest in fates)).toEqual([])
      acted += Object.keys(fates).length
    }),
    {numRuns: 1500},
  )
  // Otherwise the test would be about nothing.
  expect(acted).toBeGreaterThan(300)
})
