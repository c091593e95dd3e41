import type {InventoryRegistry} from '../../ecr/inventory/model.ts'
import type {LifecycleRule} from '../../lifecycle/policy.ts'
import type {RepositoryImage} from '../../lifecycle/verdict.ts'
import type {RepositorySettings} from '../../oci/registry.ts'

/** Two registries, of which rules of the one lead to the other, and what the other says about that. */
export interface LintedRoute {
  readonly source: InventoryRegistry
  readonly destination: InventoryRegistry
  /** The policy of the destination's registry as ECR gives it back; null when there is none. */
  readonly policy: string | null
  readonly templates: readonly CreationTemplate[]
}

/** A repository creation template, as far as it matters here. */
export interface CreationTemplate {
  /** `ROOT` for all names that no other prefix fits. */
  readonly prefix: string
  readonly appliedFor: readonly string[]
  readonly settings: RepositorySettings
  /** The text of the lifecycle policy that it gives; null without one. */
  readonly lifecyclePolicy: string | null
  /** Whether it puts tags on repositories. */
  readonly hasResourceTags: boolean
  readonly hasRole: boolean
}

/** A repository that the rules lead through the route. */
export interface LintedRepository {
  readonly name: string
  /** Whether it is at the destination already. */
  readonly isThere: boolean
  /** Settings of the source's. */
  readonly source: RepositorySettings
  /** Settings of the destination's, or those that it would get; null when no template makes it. */
  readonly destination: RepositorySettings | null
  /** What policies do to images; undefined where the destination has no policy, and none of its tags is immutable. */
  readonly images?: LintedImages
}

/** Of both repositories, as lifecycle policies see them. */
export interface LintedImages {
  readonly source: readonly SizedImage[]
  /** By priority; none without a policy. */
  readonly sourceRules: readonly LifecycleRule[]
  readonly destination: readonly SizedImage[]
  readonly destinationRules: readonly LifecycleRule[]
  /** When they were looked at, in milliseconds since the epoch. */
  readonly now: number
}

/** An image with the bytes that ECR says it has. */
export interface SizedImage extends RepositoryImage {
  readonly size: number
}
