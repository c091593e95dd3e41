import {flaw, numbersBeside} from '../checked.ts'
import {EcrError} from '../ecr-error.ts'

/** How much ECR allows of everything (ECR user guide, service-quotas). */
export const publishedQuotas = {
  repositories: 100_000,
  imagesPerRepository: 100_000,
  tagsPerImage: 1000,
  partsPerLayer: 4200,
  signingRules: 10,
  pullTimeExclusions: 100,
  replicationDestinations: 25,
  replicationBackfills: 10,
  pullThroughCacheRules: 50,
  // unconfirmed
  creationTemplates: 50,
}

export type Quotas = Readonly<typeof publishedQuotas>

/**
 * The published quotas, but for those that are given.
 *
 * @throws {UsageError} INVALID_QUOTAS, naming the place.
 */
export function parseQuotas(value: unknown): Quotas {
  return numbersBeside(publishedQuotas, value, (place, problem) =>
    flaw('INVALID_QUOTAS', 'Sandbox quotas', place, problem),
  )
}

/**
 * Refuses one more of what there is as much of as may be. ECR's words are unconfirmed.
 *
 * @throws {EcrError} LimitExceededException.
 */
export function requireRoom(present: number, quota: number, what: string): void {
  if (present < quota) return
  throw new EcrError(
    'LimitExceededException',
    `The operation did not succeed because it would have exceeded a service limit for your account: ${quota} ${what}`,
  )
}
