import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {OnBytes, Repository} from '../oci/registry.ts'
import {all} from './all.ts'
import {BlobHomes} from './blob-homes.ts'
import {BlobSource} from './blob-source.ts'
import type {BlobCounts, Copied, ImageGraph, ImagePlan, TagChange} from './model.ts'
import type {Mutations} from './mutations.ts'
import {Once} from './once.ts'
import {targetOf} from './plan.ts'
import {putArtifacts} from './put-artifacts.ts'
import type {SharedReads} from './shared-read.ts'
import type {SharedSlots} from './shared-slots.ts'
import {SpentBuffers} from './spent-buffers.ts'
import {moveTags} from './tag-moves.ts'

export interface CopyOptions {
  readonly mutations: Mutations
  /**
   * Blobs in flight over all images, each to all of its destinations. At most the registries' own concurrency, so that
   * no copy waits for a slot that it holds.
   */
  readonly blobs: SharedSlots
}

/**
 * Copies images to their destinations: blobs, then children, then the index, then referrers, and the tags last, so
 * that a run that dies leaves each tag at its old digest or complete at the new one. What images share is copied once,
 * and what several destinations want is read once.
 */
export class Copier {
  readonly #options: CopyOptions
  readonly #once = new Once<unknown>()
  readonly #homes: BlobHomes
  readonly #reads: SharedReads
  readonly #buffers = new SpentBuffers()

  /** @param plans all that will be copied, so that the destinations of a blob wait for each other. */
  constructor(options: CopyOptions, homes: BlobHomes, reads: SharedReads, plans: readonly ImagePlan[]) {
    this.#options = options
    this.#homes = homes
    this.#reads = reads
    for (const plan of plans)
      for (const {digest} of plan.blobs) reads.expect(readKey(plan, digest), plan.destination.registry.host)
  }

  /**
   * Does the plan of one image.
   *
   * @param onBytes told of the bytes of each chunk that goes to the destination.
   * @throws {RefusalError} TAG_MOVED, TAG_IMMUTABLE, DIGEST_MISMATCH; {FailureError} NOT_THERE_AFTER_COPY; and what the
   *   registries throw.
   */
  async copy(plan: ImagePlan, graph: ImageGraph, onBytes: OnBytes): Promise<Copied> {
    const {destination, repository: name, request} = plan
    const transfer: Transfer = {
      plan,
      from: request.source.registry.repository(request.repository),
      to: destination.registry.repository(name),
      missing: new Set(plan.blobs.map(({digest}) => digest)),
      counts: {uploaded: 0, mounted: 0, bytes: 0},
      onBytes: bytes => {
        this.#buffers.note(bytes)
        onBytes(bytes)
      },
    }
    try {
      if (plan.createRepository) {
        await this.#once.run(`create ${targetOf(plan)}`, () =>
          this.#options.mutations.createRepository(destination.registry, name, plan.settings),
        )
      }
      const {manifests, referrers, tags, attachedTags} = plan
      await this.#copyBlobs([...manifests, ...referrers], transfer)
      // One write puts the root and its tag, where nothing has to come between the two.
      const isTagged = tags.length > 0 && referrers.length === 0 && attachedTags.length === 0
      await this.#putAll(
        isTagged ? manifests.filter(({digest}) => digest !== plan.root) : manifests,
        transfer,
      )
      const artifacts = await putArtifacts(plan, graph, {
        manifest: artifact => this.#putManifest(artifact, transfer),
        tag: (change, artifact) =>
          this.#once.run(`tag ${keyOf(transfer.to, change.after)} ${change.tag}`, () =>
            this.#putTags([change], artifact, transfer),
          ),
      })
      await this.#putTags(tags, graph.root, transfer)
      return {blobs: transfer.counts, artifacts}
    } finally {
      for (const {digest} of plan.blobs) this.#reads.leave(readKey(plan, digest), destination.registry.host)
    }
  }

  /** All at once, the largest first: the run is not over before they are there. */
  async #copyBlobs(manifests: readonly Manifest[], transfer: Transfer): Promise<void> {
    const blobs = new Map(manifests.flatMap(manifest => manifest.blobs).map(blob => [blob.digest, blob]))
    const missing = [...blobs.values()].filter(({digest}) => transfer.missing.has(digest))
    await all(
      missing.toSorted((one, other) => other.size - one.size).map(blob => this.#copyBlob(blob, transfer)),
    )
  }

  /** Images at once, and then what names them: indexes and referrers, in the order of the plan. */
  async #putAll(manifests: readonly Manifest[], transfer: Transfer): Promise<void> {
    const leaves = manifests.filter(({kind, subject}) => kind === 'image' && subject === undefined)
    await all(leaves.map(manifest => this.#putManifest(manifest, transfer)))
    for (const manifest of manifests.filter(manifest => !leaves.includes(manifest)))
      await this.#putManifest(manifest, transfer)
  }

  async #copyBlob(blob: Descriptor, transfer: Transfer): Promise<void> {
    const {plan, to, from, counts} = transfer
    const key = readKey(plan, blob.digest)
    const reader = to.registry.host
    const upload = () =>
      this.#options.blobs.run(key, async () => {
        const source = new BlobSource(() => this.#reads.open(key, reader, () => from.readBlob(blob)))
        // One who is slow to open an upload is not to hold up the others.
        if (!this.#reads.isShared(key)) source.begin()
        try {
          await this.#options.mutations.uploadBlob(to, blob, () => source.open(), transfer.onBytes)
        } finally {
          source.close()
        }
        counts.uploaded += 1
        counts.bytes += blob.size
      })
    const mount = async (home: string) => {
      const mounted = await this.#options.mutations.mountBlob(to, blob, home)
      if (mounted) counts.mounted += 1
      return mounted
    }
    try {
      await this.#once.run(`blob ${keyOf(to, blob.digest)}`, () =>
        this.#homes.settle(blob, to, {mount, upload}),
      )
    } finally {
      this.#reads.leave(key, reader)
    }
  }

  async #putTags(tags: readonly TagChange[], root: Manifest, transfer: Transfer): Promise<void> {
    const {mutations} = this.#options
    await moveTags(transfer.to, root, tags, {
      mutations: {
        putTag: (...change) => this.#withBlobs(root, transfer, () => mutations.putTag(...change)),
      },
    })
  }

  #putManifest(manifest: Manifest, transfer: Transfer): Promise<unknown> {
    const {to} = transfer
    return this.#once.run(`manifest ${keyOf(to, manifest.digest)}`, () =>
      this.#withBlobs(manifest, transfer, () => this.#options.mutations.putManifest(to, manifest)),
    )
  }

  async #withBlobs<Put>(manifest: Manifest, transfer: Transfer, put: () => Promise<Put>): Promise<Put> {
    const {to} = transfer
    try {
      return await put()
    } catch (error) {
      if (!(error instanceof GantryError) || error.code !== 'LAYERS_NOT_FOUND') throw error
      // ECR may drop a layer that no image uses yet at any time (GetDownloadUrlForLayer, LayerInaccessibleException).
      await all(
        manifest.blobs.map(blob => {
          this.#once.forget(`blob ${keyOf(to, blob.digest)}`)
          this.#homes.forget(blob, to)
          return this.#copyBlob(blob, transfer)
        }),
      )
      return await put()
    }
  }
}

interface Transfer {
  readonly plan: ImagePlan
  readonly from: Repository
  readonly to: Repository
  readonly missing: ReadonlySet<Digest>
  readonly counts: BlobCounts
  readonly onBytes: OnBytes
}

/** A blob as part of one image of one source: what the destinations of that image share. */
function readKey({request, root}: ImagePlan, digest: Digest): string {
  return `${request.source.registry.host}/${request.repository}@${root} ${digest}`
}

function keyOf({registry, name}: Repository, digest: Digest): string {
  return `${registry.host}/${name}@${digest}`
}
