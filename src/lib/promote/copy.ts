import {pipeline, type Readable, Transform} from 'node:stream'
import {GantryError} from '../errors.ts'
import type {Descriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Limiter} from '../oci/limiter.ts'
import type {Manifest} from '../oci/manifest.ts'
import type {Repository} from '../oci/registry.ts'
import {BlobHomes} from './blob-homes.ts'
import type {BlobCounts, ImageGraph, ImagePlan} from './model.ts'
import type {Mutations} from './mutations.ts'
import {Once} from './once.ts'
import {targetOf} from './plan.ts'
import {settle} from './settle.ts'
import {moveTags, notThere} from './tag-moves.ts'

export interface CopyOptions {
  readonly mutations: Mutations
  readonly signal: AbortSignal
  /** Blobs in flight over all images. At most the registries' own concurrency, so that no copy waits for a slot that it holds. */
  readonly blobs: Limiter
  /** Milliseconds that a registry may take to show what it has confirmed. */
  readonly settleForMs: number
}

/**
 * Copies images to their destinations: blobs, then children, then the index, then referrers, and the tags last, so
 * that a run that dies leaves each tag at its old digest or complete at the new one. What images share is copied once.
 */
export class Copier {
  readonly #options: CopyOptions
  readonly #once = new Once<unknown>()
  readonly #homes: BlobHomes

  constructor(options: CopyOptions, homes: BlobHomes) {
    this.#options = options
    this.#homes = homes
  }

  /**
   * Does the plan of one image, and checks at the destination that it arrived.
   *
   * @param onBytes told of the bytes of each chunk that goes to the destination.
   * @throws {RefusalError} TAG_MOVED, TAG_IMMUTABLE, DIGEST_MISMATCH; {FailureError} NOT_THERE_AFTER_COPY; and what the
   *   registries throw.
   */
  async copy(plan: ImagePlan, graph: ImageGraph, onBytes: (bytes: number) => void): Promise<BlobCounts> {
    const {destination, repository: name, request} = plan
    if (plan.createRepository) {
      await this.#once.run(`create ${targetOf(plan)}`, () =>
        this.#options.mutations.createRepository(destination.registry, name),
      )
    }
    const transfer: Transfer = {
      from: request.source.registry.repository(request.repository),
      to: destination.registry.repository(name),
      missing: new Set(plan.blobs.map(({digest}) => digest)),
      counts: {uploaded: 0, mounted: 0, bytes: 0},
      onBytes,
    }
    await this.#putAll(plan.manifests, transfer)
    await this.#confirm(plan.manifests, transfer.to)
    await this.#putAll(plan.referrers, transfer)
    await this.#confirm(plan.referrers, transfer.to)
    await moveTags(transfer.to, graph.root, plan.tags, this.#options)
    return transfer.counts
  }

  /** All blobs at once, images at once, and then what names them: indexes and referrers, in the order of the plan. */
  async #putAll(manifests: readonly Manifest[], transfer: Transfer): Promise<void> {
    const blobs = new Map(manifests.flatMap(manifest => manifest.blobs).map(blob => [blob.digest, blob]))
    await all(
      [...blobs.values()]
        .filter(({digest}) => transfer.missing.has(digest))
        .map(blob => this.#copyBlob(blob, transfer)),
    )
    const leaves = manifests.filter(({kind, subject}) => kind === 'image' && subject === undefined)
    await all(leaves.map(manifest => this.#putManifest(manifest, transfer)))
    for (const manifest of manifests.filter(manifest => !leaves.includes(manifest)))
      await this.#putManifest(manifest, transfer)
  }

  #copyBlob(blob: Descriptor, transfer: Transfer): Promise<unknown> {
    const {to, from, counts} = transfer
    return this.#once.run(`blob ${keyOf(to, blob.digest)}`, () =>
      this.#homes.settle(blob, to, {
        mount: async home => {
          const mounted = await this.#options.mutations.mountBlob(to, blob, home)
          if (mounted) counts.mounted += 1
          return mounted
        },
        upload: () =>
          this.#options.blobs.run(async () => {
            const open = async () => counted(await from.readBlob(blob), transfer.onBytes)
            await this.#options.mutations.uploadBlob(to, blob, open)
            counts.uploaded += 1
            counts.bytes += blob.size
          }),
      }),
    )
  }

  #putManifest(manifest: Manifest, transfer: Transfer): Promise<unknown> {
    const {to} = transfer
    return this.#once.run(`manifest ${keyOf(to, manifest.digest)}`, async () => {
      try {
        await this.#options.mutations.putManifest(to, manifest)
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
        await this.#options.mutations.putManifest(to, manifest)
      }
    })
  }

  /** Reads back by digest what was written: a registry's "created" is not taken for its word. */
  async #confirm(manifests: readonly Manifest[], to: Repository): Promise<void> {
    let missing = manifests.map(({digest}) => digest)
    await settle(async () => {
      const found = await to.manifests(missing)
      missing = missing.filter(digest => !found.has(digest))
      return missing.length === 0
    }, this.#options)
    if (missing.length > 0) throw notThere(`${to.registry.host}/${to.name}@${missing[0]}`)
  }
}

interface Transfer {
  readonly from: Repository
  readonly to: Repository
  readonly missing: ReadonlySet<Digest>
  readonly counts: BlobCounts
  readonly onBytes: (bytes: number) => void
}

/** Waits for all, and only then fails with the first error: nothing goes on behind the back of whoever called. */
async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work)
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason as Error
}

function counted(source: Readable, onBytes: (bytes: number) => void): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
  // An error of the source reaches the reader through the counter that pipeline destroys.
  return pipeline(source, counter, () => {})
}

function keyOf({registry, name}: Repository, digest: Digest): string {
  return `${registry.host}/${name}@${digest}`
}
