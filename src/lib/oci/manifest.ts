import type {Descriptor} from './descriptor.ts'
import type {Digest} from './digest.ts'

/** A manifest or index: its bytes exactly as they were served, and what Gantry reads from them. */
export interface Manifest {
  readonly bytes: Uint8Array
  /** Digest of `bytes`. */
  readonly digest: Digest
  readonly mediaType: string
  readonly kind: 'image' | 'index'
  /** Config and layers of an image, each digest once; empty for an index. */
  readonly blobs: readonly Descriptor[]
  /** Manifests of an index, each digest once; empty for an image. */
  readonly children: readonly Descriptor[]
  readonly subject?: Descriptor
  readonly artifactType?: string
}
