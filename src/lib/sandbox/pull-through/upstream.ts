import type {Readable} from 'node:stream'
import type {ImageFailureCode} from '../api/model/ecr.ts'

/** A registry from which images are cached; undefined stands for what it does not have. */
export interface Upstream {
  /** @param reference a tag or a digest. @throws {UpstreamError} */
  manifest(name: string, reference: string): Promise<UpstreamManifest | undefined>
  /** @throws {UpstreamError} */
  blob(name: string, digest: string): Promise<Readable | undefined>
  /** Digests of what refers to a manifest. @throws {UpstreamError} */
  referrers(name: string, subject: string): Promise<readonly string[]>
  /** Whether it is there and lets us in. @throws {UpstreamError} */
  check(): Promise<void>
}

export interface UpstreamManifest {
  readonly bytes: Buffer
  readonly mediaType?: string | undefined
}

/** Why an upstream registry gave nothing. */
export class UpstreamError extends Error {
  readonly code: Extract<ImageFailureCode, `Upstream${string}`>

  constructor(code: UpstreamError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
