import {expect, test} from 'vitest'
import {isImmutable, tagMutabilityOf} from '../../../src/lib/sandbox/state/tag-mutability.ts'

// ECR user guide, image-tag-mutability: the exclusions are the tags for which the opposite holds.
test.each([
  ['MUTABLE', undefined, false],
  ['IMMUTABLE', undefined, true],
  ['IMMUTABLE_WITH_EXCLUSION', ['latest', 'dev-*'], true],
  ['IMMUTABLE_WITH_EXCLUSION', ['latest', 'v*'], false],
  ['MUTABLE_WITH_EXCLUSION', ['latest', 'dev-*'], false],
  ['MUTABLE_WITH_EXCLUSION', ['latest', 'v*'], true],
] as const)('%s with the exclusions %j: v1 is immutable: %s', (mode, exclusions, immutable) => {
  expect(isImmutable('v1', tagMutabilityOf(mode, exclusions))).toBe(immutable)
})
