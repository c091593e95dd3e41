import type {TransferCost, TransferPrice} from '../ecr/transfer-cost.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Registry, RepositorySettings} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {ItemError} from '../plan/items.ts'
import type {GateWord, ReplicationWord} from './words.ts'

/** A registry as the command line names it, before anything is asked of it. */
export interface Side {
  /** `prod@eu-west-1`, or the host. */
  readonly label: string
  readonly host: string
  /** Of an account of repos.yaml: whose credentials are used. */
  readonly alias?: string
  readonly region?: string
}

/** A registry that a promotion reads or writes, and as whom. */
export interface Endpoint {
  readonly side: Side
  readonly registry: Registry
  /** The AWS identity behind the requests; absent at registries that are not ECR. */
  readonly caller?: Caller
}

/** One image to promote, to one or more destinations. */
export interface PromotionRequest {
  readonly source: Endpoint
  readonly repository: string
  /** Tag or digest at the source; turned into a digest once, at the start. */
  readonly reference: string
  /** Tags at every destination; none means by digest alone. */
  readonly tags: readonly string[]
  readonly destinations: readonly {
    readonly endpoint: Endpoint
    readonly repository: string
    /** Gates that the image has to pass before it goes there. */
    readonly gates?: readonly string[]
  }[]
  /** A tag that holds another digest is never moved, though the destination would. */
  readonly immutable: boolean
}

/** An image with everything that belongs to it, read once from its source. */
export interface ImageGraph {
  readonly root: Manifest
  /** The digest that the reference names, where only some platforms are promoted and the root's is another. */
  readonly narrowedFrom?: Digest
  /** Children before the index that names them; the root is last. */
  readonly manifests: readonly Manifest[]
  /** What refers to any of `manifests`, by its subject or by its tag, subjects before what refers to them. */
  readonly referrers: readonly Manifest[]
  /** Tags that say by their names what their manifests, which are among `referrers`, belong to. */
  readonly attachedTags: readonly AttachedTag[]
}

/** Cosign's `sha256-….sig`, `.att` or `.sbom`. */
export interface AttachedTag {
  readonly tag: string
  readonly digest: Digest
}

/** What one image needs at one destination. All lists are what is missing there; a pure function of what was read. */
export interface ImagePlan {
  readonly request: PromotionRequest
  readonly destination: Endpoint
  readonly repository: string
  readonly root: Digest
  /** What the reference names at the source: the root, but for an image that was narrowed to some platforms. */
  readonly sourceDigest: Digest
  readonly createRepository: boolean
  /** For the repository that is created: those of the source's. */
  readonly settings?: RepositorySettings
  readonly manifests: readonly Manifest[]
  readonly referrers: readonly Manifest[]
  readonly blobs: readonly Descriptor[]
  readonly tags: readonly TagChange[]
  /** Tags of signatures and attestations that are to be created or moved. */
  readonly attachedTags: readonly TagChange[]
  /** What cannot go along, known beforehand. */
  readonly refusedArtifacts: readonly ArtifactItem[]
  readonly price: TransferPrice
  /** Of an image that has to pass gates: that it has. */
  readonly gate?: GateWord
  readonly path: PlannedPath
}

/** A plan before it is known by which path. */
export type ImageDraft = Omit<ImagePlan, 'path'>

/**
 * How an image gets to a destination: `tag` when it is there but for tags, `mount` when no blob has to be sent,
 * `replication` when the source's registry is bringing it already.
 */
export type Path = 'nothing' | 'tag' | 'mount' | 'replication' | 'copy'

/** The cheapest path that is enough, and what it is expected to take. */
export interface PlannedPath {
  readonly kind: Path
  /** Repository of the destination's registry that has the most of the blobs that are mounted. */
  readonly mountFrom: string | null
  readonly blobs: Readonly<BlobCounts>
  /** To both sides, after those that the plan took; without retries and redirects. */
  readonly requests: number
}

/** What became of something that belongs to an image: a signature, an SBOM, an attestation. */
export interface ArtifactItem {
  readonly digest: Digest
  /** Cosign's tag, of what is found by that. */
  readonly tag: string | null
  readonly artifactType: string | null
  /**
   * `native`: the registry lists it with what it refers to; `fallback`: the registry lists none, and it is in the index
   * that clients keep under a tag instead; `tag`: under cosign's tag; `planned`: would be put; `refused`: is not there.
   */
  readonly outcome: 'native' | 'fallback' | 'tag' | 'planned' | 'refused'
  /** Why it was refused. */
  readonly reason: string | null
}

export interface TagChange {
  readonly tag: string
  readonly before: Digest | null
  readonly after: Digest
}

/** What became of one image at one destination. */
export interface PromotionItem {
  readonly source: string
  readonly digest: Digest | null
  /** What the reference names at the source; other than `digest` when `--platform` left something out. */
  readonly sourceDigest: Digest | null
  readonly destination: string
  /** Registry host and repository at the destination. */
  readonly target: string
  /** Tags that were asked for. */
  readonly tags: readonly string[]
  /** Those of them that were, or would be, created or moved. */
  readonly tagChanges: readonly TagChange[]
  /** `planned`: would be done; `unchanged`: nothing to do. */
  readonly outcome: 'promoted' | 'unchanged' | 'planned' | 'failed' | 'interrupted'
  readonly manifests: number
  readonly referrers: number
  /** What belongs to the image and was missing, each with what became of it. */
  readonly artifacts: readonly ArtifactItem[]
  readonly blobs: BlobCounts
  /** The cheapest that is, or was, enough; null when the image did not get there. */
  readonly path: Path | null
  /** Repository of the destination's registry that the plan would mount blobs from. */
  readonly mountFrom: string | null
  /** What AWS may charge for the bytes of the blobs; null when the image did not get there. */
  readonly transfer: TransferCost | null
  /** Requests to both sides that the plan expects to take, without retries and redirects. */
  readonly plannedRequests: number
  /** Null where no gate is asked, or the image was refused before one was. */
  readonly gate: GateWord | null
  /**
   * How far the destination's registry has brought the image further; null where that was not waited for, or is no matter of
   * that registry.
   */
  readonly replication: ReplicationWord | null
  readonly error: ItemError | null
}

/** What was copied of an image. */
export interface Copied {
  readonly blobs: BlobCounts
  readonly artifacts: readonly ArtifactItem[]
}

export interface BlobCounts {
  uploaded: number
  mounted: number
  /** Bytes that were uploaded, or would be. */
  bytes: number
}
