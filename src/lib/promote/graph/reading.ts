import {type GantryError, RefusalError} from '../../errors.ts'
import type {Descriptor} from '../../oci/descriptor.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Manifest} from '../../oci/manifest.ts'

/**
 * What one image may consist of: whoever writes an index of indexes decides what is read of it, and all of it is held
 * in memory until it is copied. The largest images of the field have some fifty manifests of a few KiB.
 */
export const graphLimits = {
  /** Indexes, images and referrers together; an index alone may have as many children. */
  manifests: 1000,
  /** Bytes of all manifests together: eight of the largest that registries take (4 MiB). */
  bytes: 32 * 1024 * 1024,
  /** A year of a scan report a day stays below. */
  referrersPerSubject: 500,
} as const

/** One image while its graph is read: what belongs to it so far, within {@link graphLimits}. */
export class Reading {
  readonly root: Manifest
  /** Why the image cannot be promoted. */
  error: GantryError | undefined
  readonly #name: string
  readonly #admitted = new Set<Digest>()
  #bytes: number

  /** @param where host and repository, for messages. */
  constructor(where: string, root: Manifest) {
    this.#name = `${where}@${root.digest}`
    this.root = root
    this.#admitted.add(root.digest)
    this.#bytes = root.bytes.length
  }

  /**
   * Takes what was found named by a manifest of the image, before it is asked for.
   *
   * @returns those of it that are new; none once the image is too large.
   */
  admit(named: readonly Descriptor[]): Descriptor[] {
    const fresh = [...new Map(named.map(entry => [entry.digest, entry])).values()].filter(
      ({digest}) => !this.#admitted.has(digest),
    )
    for (const {digest, size} of fresh) {
      this.#admitted.add(digest)
      this.#bytes += size
    }
    if (this.#admitted.size > graphLimits.manifests || this.#bytes > graphLimits.bytes)
      this.error ??= this.#tooLarge()
    return this.error === undefined ? fresh : []
  }

  #tooLarge(): RefusalError {
    return new RefusalError(
      'IMAGE_TOO_LARGE',
      `${this.#name} has ${this.#admitted.size} manifests or more, of ${this.#bytes} bytes; at most ${graphLimits.manifests} of ${graphLimits.bytes} bytes are copied. Nothing was written. Leave out what refers to it: --no-referrers.`,
    )
  }
}
