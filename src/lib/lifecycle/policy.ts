/**
 * ECR's lifecycle policies, member for member as their JSON has them (ECR user guide, lifecycle_policy_parameters). A
 * value of these types need not be a policy that ECR takes: what goes with what is for validators to say.
 */

export const tagStatuses = ['tagged', 'untagged', 'any'] as const
export type TagStatus = (typeof tagStatuses)[number]

export const storageClasses = ['standard', 'archive'] as const
export type StorageClass = (typeof storageClasses)[number]

export const countTypes = [
  'imageCountMoreThan',
  'sinceImagePushed',
  'sinceImagePulled',
  'sinceImageTransitioned',
] as const
export type CountType = (typeof countTypes)[number]

export interface LifecyclePolicy {
  readonly rules: readonly LifecycleRule[]
}

export interface LifecycleRule {
  /** From 1; a lower number is a higher priority. */
  readonly rulePriority: number
  readonly description?: string
  readonly selection: Selection
  readonly action: Action
}

export interface Selection {
  readonly tagStatus: TagStatus
  /** With `*` for any characters. Each entry must match a tag of the image. */
  readonly tagPatternList?: readonly string[]
  /** Each entry must begin a tag of the image. */
  readonly tagPrefixList?: readonly string[]
  /** Default `standard`. */
  readonly storageClass?: StorageClass
  readonly countType: CountType
  readonly countUnit?: 'days'
  /** Images to keep, or days. */
  readonly countNumber: number
}

export type Action =
  | {readonly type: 'expire'}
  | {readonly type: 'transition'; readonly targetStorageClass: 'archive'}
