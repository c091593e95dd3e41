import type {CountType, LifecycleRule, StorageClass} from './policy.ts'

/** What the evaluation needs to know of an image. Times are milliseconds since the epoch. */
export interface LifecycleImage {
  readonly digest: string
  readonly tags: readonly string[]
  readonly storageClass: StorageClass
  /** It is being restored from the archive. That no rule touches it until it is back is unconfirmed. */
  readonly restoring?: boolean
  readonly pushedAt: number
  readonly pulledAt?: number
  readonly archivedAt?: number
  /** When it was last restored from the archive. */
  readonly activatedAt?: number
  /** Digest of the image that this one refers to (OCI 1.1). */
  readonly subject?: string
}

export const dayMs = 24 * 60 * 60 * 1000

/**
 * The time that each kind of rule orders images by and, for the `since` ones, measures their age from (ECR user guide,
 * LifecyclePolicies).
 */
export const clocks: Readonly<Record<CountType, (image: LifecycleImage) => number>> = {
  imageCountMoreThan: image =>
    image.storageClass === 'archive' ? archived(image) : (image.activatedAt ?? image.pushedAt),
  sinceImagePushed: image => image.pushedAt,
  // Never pulled: since the push. Restored, and not pulled since: since then.
  sinceImagePulled: ({pulledAt, pushedAt, activatedAt}) =>
    Math.max(pulledAt ?? pushedAt, activatedAt ?? Number.NEGATIVE_INFINITY),
  sinceImageTransitioned: archived,
}

function archived({archivedAt}: LifecycleImage): number {
  return archivedAt ?? Number.POSITIVE_INFINITY
}

/** Whether the rule keeps so many images, not so many days. */
export function isCountRule({selection}: LifecycleRule): boolean {
  return selection.countType === 'imageCountMoreThan'
}

/**
 * The moment after which a rule that goes by age marks an image that it selects, in milliseconds since the epoch. At that
 * moment its age is exactly the rule's, which is not more (user guide, lifecycle_policy_examples; the boundary is
 * unconfirmed).
 */
export function lastKept(
  {selection: {countType, countNumber}}: LifecycleRule,
  image: LifecycleImage,
): number {
  return clocks[countType](image) + countNumber * dayMs
}
