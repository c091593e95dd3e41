import type {GantryError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'

/** A private registry of an account in a region. */
export interface InventoryRegistry {
  /** `ALIAS@REGION` of repos.yaml; else the host. */
  readonly label: string
  readonly host: string
  /** 12 digits. */
  readonly account: string
  readonly region: string
  /** The account of repos.yaml; absent without one. */
  readonly alias?: string
}

/** What a registry knows of one repository and of all its images, archived ones too, at one moment. */
export interface RepositoryInventory {
  readonly registry: InventoryRegistry
  readonly name: string
  /** The lifecycle policy's text as ECR gives it back; null when there is none. */
  readonly policy: string | null
  readonly images: readonly ImageRecord[]
}

/**
 * A repository that is meant and could not be read completely, so that nothing is said of it: whoever works on all of
 * them goes on with the others and says so (exit 4).
 */
export interface UnreadableRepository {
  readonly registry: InventoryRegistry
  readonly name: string
  readonly error: GantryError
}

export function isUnreadable(
  repository: RepositoryInventory | UnreadableRepository,
): repository is UnreadableRepository {
  return 'error' in repository
}

/**
 * ECR's `imageStatus` in lower case; `activating` is what is being restored from the archive.
 */
export type ImageStatus = 'active' | 'archived' | 'activating'

/** An image as DescribeImages tells of it. Times are milliseconds since the epoch. */
export interface ImageRecord {
  readonly digest: Digest
  readonly tags: readonly string[]
  /** Media type of the manifest; which images are indexes is told by it. */
  readonly mediaType: string
  readonly artifactType?: string
  /** Compressed bytes that ECR says it has; layers that images share count in each. */
  readonly size: number
  readonly status: ImageStatus
  readonly pushedAt: number
  readonly pulledAt?: number
  readonly archivedAt?: number
  /** When it was last restored from the archive. */
  readonly activatedAt?: number
  /** Digest of the image that this one refers to (OCI 1.1). */
  readonly subject?: Digest
}

/** A blob that a manifest names: config or layer. One object for each digest of a repository, however many name it. */
export interface Blob {
  readonly digest: Digest
  readonly size: number
}

/** What only an image's manifest tells. */
export interface ImageContent {
  /** Digests that an index lists; empty for others. */
  readonly children: readonly Digest[]
  /** Config and layers; empty for an index. */
  readonly blobs: readonly Blob[]
}

/** What ECR's own preview says that a policy does, image by image. */
export interface LifecyclePreview {
  /** By digest. */
  readonly actions: ReadonlyMap<
    Digest,
    {readonly action: 'expire' | 'archive'; readonly rulePriority: number}
  >
}

/** Where inventories come from: registries, asked as they are needed, or a file of what was recorded. */
export interface InventorySource {
  /** Milliseconds since the epoch: when the world was looked at, which is the time that plans speak of. */
  readonly takenAt: number
  /** One repository after the other, by registry and name, each of them that is meant: whole, or why it is not. */
  repositories(): AsyncIterable<RepositoryInventory | UnreadableRepository>
  /**
   * What the manifests of some images of a repository say; images of which it is not known are absent, as when they are
   * archived, or were not recorded.
   */
  contents(
    repository: RepositoryInventory,
    digests: readonly Digest[],
  ): Promise<ReadonlyMap<Digest, ImageContent>>
  /** ECR's preview of a policy; absent where nobody can be asked. */
  preview?(repository: RepositoryInventory, policyText: string): Promise<LifecyclePreview>
}
