import type {Readable} from 'node:stream'
import type {Descriptor} from './descriptor.ts'
import type {Digest} from './digest.ts'
import type {Manifest} from './manifest.ts'
import type {Wait} from './wait.ts'

/**
 * What a registry can do. `oci/` implements it over the distribution protocol and over the files of an image layout,
 * `ecr/` over ECR's own API with the protocol for blob bytes; callers never ask which one they hold. Questions are plural because ECR answers a hundred
 * of them in one call; the protocol asks them one by one, a few at a time.
 *
 * Common errors of every method: `DeniedError` (exit 5), `TransientError` (exit 6, after the retries),
 * `RefusalError` (hostile or wrong content, exit 7), and the reason of the abort signal the registry was opened with.
 */
export interface Registry {
  /** Host (and port) as the user knows it, for example `111111111111.dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly host: string
  /** Everything sent and received so far through this registry. */
  readonly traffic: Traffic
  /** One door to the repository of that name; asks nothing. */
  repository(name: string): Repository
  /** Settings of those of `names` that exist; a name that is missing in the answer does not exist. */
  describe(names: readonly string[]): Promise<ReadonlyMap<string, RepositorySettings>>
  /** Most tags that one image may have; absent where no limit is known. */
  readonly maxTagsPerImage?: number
  /**
   * Makes a repository with those of `settings` that the registry knows, and else with its defaults; one that is there
   * already is success.
   */
  create(name: string, settings?: RepositorySettings): Promise<void>
  /** Those of `names`, none of which exists, that the registry makes when something is pushed; absent where that is all or none. */
  madeByPush?(names: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Whether {@link Repository.mountBlob} is worth a try, as far as the registry tells; absent where only trying tells.
   */
  mayMount?(): Promise<boolean>
  /** Names of all repositories, paged by the registry; absent where nobody can be asked for them. */
  repositories?(): AsyncIterable<string>
  /**
   * Makes last what was put: called once, when everything is there. Absent where each put lasts by itself; a tar of
   * an image layout is written as a whole.
   */
  finish?(): Promise<void>
  /** Lets go of sockets and files. */
  close(): void
}

export interface Repository {
  readonly name: string
  readonly registry: Registry

  /** The digest that each of `tags` points to now; tags that do not exist are absent from the answer. */
  resolve(tags: readonly string[]): Promise<ReadonlyMap<string, Digest>>

  /**
   * Manifests by tag or digest, as bytes. What was asked for by digest has that digest; those that do not exist are
   * absent from the answer.
   *
   * @param sizes bytes that the descriptors of some of them claim; one that is much larger is refused.
   */
  manifests(
    references: readonly string[],
    sizes?: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, Manifest>>

  /** Manifests under those of `tags` that exist, for tags of which hardly any does: in as few requests as that takes. */
  rareTags(tags: readonly string[]): Promise<ReadonlyMap<string, Manifest>>

  /** Which of these manifests exist; one with a subject only where it is also listed as a referrer of that. */
  presentManifests(manifests: readonly WantedManifest[]): Promise<ReadonlySet<Digest>>

  /**
   * {@link resolve} and {@link presentManifests} in one question. Absent where it would be as many requests as both.
   */
  lookUp?(tags: readonly string[], manifests: readonly WantedManifest[]): Promise<LookedUp>

  /** Which of these blobs exist. Those that come first are asked for first: the largest say most. */
  presentBlobs(digests: readonly Digest[]): Promise<ReadonlySet<Digest>>

  /**
   * The blob's bytes from the start, resumed after a cut and hashed on the way: the stream fails at its end with a
   * `RefusalError` unless size and digest are the descriptor's.
   */
  readBlob(blob: Descriptor): Promise<Readable>

  /** Takes the blob over from another repository of this registry; false when the registry would rather be sent it. */
  mountBlob(blob: Descriptor, from: string): Promise<boolean>

  /**
   * Uploads a blob; done when the registry has confirmed the digest. `open` is called once for each try, only after
   * the registry has opened an upload.
   *
   * @param onBytes told of the bytes of each piece that is sent.
   */
  uploadBlob(blob: Descriptor, open: () => Promise<Readable>, onBytes?: OnBytes): Promise<void>

  /**
   * Stores a manifest by its digest, and under `tag` when given. A manifest or (tag, digest) pair that is there already
   * is success. `TAG_IMMUTABLE` (RefusalError) when the tag holds another digest and may not move.
   *
   * @returns how it is listed with its subject, where it has one.
   */
  putManifest(manifest: Manifest, tag?: string): Promise<Listing>

  /** Manifests whose subject is `subject` (OCI distribution-spec, referrers). */
  referrers(subject: Digest): Promise<readonly Descriptor[]>

  /**
   * How far the registry itself has brought the image to the repositories of this name at those of `hosts` that it
   * replicates to; one that is absent from the answer gets nothing by replication. Nobody is asked about `hosts` that no
   * rule leads to, and what may not be asked counts as no replication. Absent where registries do no such thing.
   */
  replication?(digest: Digest, hosts: readonly string[]): Promise<ReadonlyMap<string, ReplicationStatus>>

  /** Tags of images that exist, as far as the registry tells; absent where nobody can be asked for them. */
  tagsOf?(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, readonly string[]>>

  /**
   * Asks whether a blob could be read, without reading it; absent where only reading tells.
   *
   * @throws {DeniedError} when it could not.
   */
  assertReadable?(blob: Digest): Promise<void>

  /** Every tag of the repository, paged by the registry. */
  tags(): AsyncIterable<string>
}

export type ReplicationStatus = 'in-progress' | 'complete' | 'failed'

export type OnBytes = (bytes: number) => void

/** By the registry itself, or in the index that clients keep in its stead under the tag of the subject. */
export type Listing = 'native' | 'fallback'

/** What is asked for by its digest, and what it refers to. */
export type WantedManifest = Pick<Manifest, 'digest' | 'subject'>

/** What tags and manifests a repository has, of those that it was asked for. */
export interface LookedUp {
  readonly tags: ReadonlyMap<string, Digest>
  readonly manifests: ReadonlySet<Digest>
}

/** What promote needs to know of a repository before it writes, or makes one like it. */
export interface RepositorySettings {
  /** `unknown` where the registry has no such setting or may not be asked. */
  readonly tagMutability:
    | 'MUTABLE'
    | 'IMMUTABLE'
    | 'MUTABLE_WITH_EXCLUSION'
    | 'IMMUTABLE_WITH_EXCLUSION'
    | 'unknown'
  /** Wildcards (`*`) of the tags for which the opposite holds. */
  readonly exclusions: readonly string[]
  readonly scanOnPush?: boolean
  /** Kind of encryption, without the key. */
  readonly encryption?: 'AES256' | 'KMS' | 'KMS_DSSE'
}

/** Requests and body bytes, counted where they are sent: retries and redirects are requests too. */
export interface Traffic {
  requests: number
  /** Those of `requests` that could change the registry: POST, PUT, PATCH, DELETE, and ECR's mutating operations. */
  mutatingRequests: number
  retries: number
  bytesReceived: number
  bytesSent: number
}

export function noTraffic(): Traffic {
  return {requests: 0, mutatingRequests: 0, retries: 0, bytesReceived: 0, bytesSent: 0}
}

export function addTraffic(sum: Traffic, one: Traffic): Traffic {
  return {
    requests: sum.requests + one.requests,
    mutatingRequests: sum.mutatingRequests + one.mutatingRequests,
    retries: sum.retries + one.retries,
    bytesReceived: sum.bytesReceived + one.bytesReceived,
    bytesSent: sum.bytesSent + one.bytesSent,
  }
}

/** What a registry tells while it works, for progress and logs. */
export type RegistryEvent = {
  readonly type: 'retry'
  readonly host: string
  /** Method and path, or the API operation; without query. */
  readonly request: string
  readonly reason: string
  readonly delayMs: number
}

/** What both implementations are opened with. */
export interface RegistryContext {
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Requests in flight at this registry; blobs, manifests and API calls together. */
  readonly concurrency: number
  /** Milliseconds that one operation may go on retrying before `TransientError`. */
  readonly retryForMs: number
  readonly onEvent: (event: RegistryEvent) => void
  /** How to wait, for a retry or one's turn; in real time unless given. */
  readonly wait?: Wait | undefined
}
