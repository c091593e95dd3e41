import type {Digest} from './digest.ts'

/** What a child of an index runs on (OCI image-spec, image index, `platform`). */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly 'os.version'?: string
}

/** Names content by type, digest and size in bytes (OCI image-spec, descriptor). Only fields that Gantry reads. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes. A claim of whoever wrote the descriptor: never allocate from it. */
  readonly size: number
  readonly platform?: Platform
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}
