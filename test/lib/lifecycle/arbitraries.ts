import {randomInt} from 'node:crypto'
import process from 'node:process'
import * as fc from 'fast-check'
import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'

export const now = 1_800_000_000_000

const seed = Number(process.env['GANTRY_SEED'] ?? randomInt(2 ** 31))
process.stdout.write(`GANTRY_SEED=${seed}\n`)

/** So many cases, which `GANTRY_SEED` repeats: it is printed before. */
export function cases(numRuns: number): {readonly numRuns: number; readonly seed: number} {
  return {numRuns, seed}
}

// Few letters and whole days: so that patterns match, times tie and ages lie on the boundary.
const text = fc.string({unit: fc.constantFrom('a', 'b', '-'), maxLength: 4})
const pattern = fc.string({unit: fc.constantFrom('a', 'b', '-', '*'), minLength: 1, maxLength: 4})
const moment = fc.integer({min: 0, max: 5}).map(days => now - days * 86_400_000)

export const images: fc.Arbitrary<readonly RepositoryImage[]> = fc
  .array(
    fc.record(
      {
        tags: fc.uniqueArray(text, {maxLength: 3}),
        pushedAt: moment,
        archivedAt: moment,
        pulledAt: moment,
        activatedAt: moment,
        subject: fc.nat(30).map(String),
        restoring: fc.constant(true),
        children: fc.uniqueArray(fc.nat(20), {minLength: 1, maxLength: 3}),
      },
      {requiredKeys: ['tags', 'pushedAt']},
    ),
    {maxLength: 20},
  )
  .map(made =>
    made.map(({activatedAt, restoring, children, ...image}, n) => ({
      ...image,
      digest: String(n),
      // What is being restored is none that is archived any more.
      storageClass:
        image.archivedAt === undefined || (restoring === true && n % 5 === 0) ? 'standard' : 'archive',
      ...(restoring === true && n % 5 === 0 ? {restoring} : {}),
      // A digest cannot be part of what it is the digest of.
      ...(children === undefined ? {} : {children: children.filter(child => child < n).map(String)}),
      // Nothing is restored before it is pushed.
      ...(activatedAt === undefined ? {} : {activatedAt: Math.max(activatedAt, image.pushedAt)}),
    })),
  )

const number = fc.integer({min: 1, max: 6})
const counts = fc.oneof(
  fc.record({
    countType: fc.constant('imageCountMoreThan'),
    countNumber: number,
    storageClass: fc.constantFrom('standard', 'archive'),
  }),
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
export const rules: fc.Arbitrary<readonly LifecycleRule[]> = fc
  .uniqueArray(fc.integer({min: 1, max: 99}), {minLength: 1, maxLength: 5})
  .chain(priorities => fc.tuple(...priorities.map(priority => ruleOf(priority))))

export function ruleOf(rulePriority: number): fc.Arbitrary<LifecycleRule> {
  return fc.tuple(tagging, counts, fc.boolean()).map(([tags, count, archives]) => ({
    rulePriority,
    selection: {...tags, ...count} as Selection,
    // ECR takes no rule that archives what is archived.
    action:
      archives && !('storageClass' in count && count.storageClass === 'archive')
        ? {type: 'transition', targetStorageClass: 'archive'}
        : {type: 'expire'},
  }))
}
