import type {SandboxSeed} from './seed-format.ts'

/** How a sandbox is started. Everything is optional. */
export interface SandboxOptions {
  /** Port on 127.0.0.1; 0, the default, takes any free one. */
  port?: number
  /** Directory that holds the state, so that it survives a restart or a crash. Without it the state is in memory. */
  data?: string
  /** Ports of single registries, for clients that can't send an ECR host name; port 0 takes any free one. */
  registries?: readonly RegistryPort[]
  /** Milliseconds since the epoch. */
  now?: () => number
  /** Told of each request, and awaited, before it is handled. */
  onRequest?: (request: RecordedRequest) => void | Promise<void>
}

export interface RegistryPort {
  account: string
  region: string
  port: number
}

export type Plane = 'api' | 'sts' | 'registry' | 'download'

/** One request as the sandbox saw it. `/_sandbox` requests and those that are refused with 403 are not recorded. */
export interface RecordedRequest {
  /** Counts from 1, and from 1 again after `clearRequests`. */
  readonly index: number
  readonly plane: Plane
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly host: string
  /** The ECR or STS action, or the name of a registry request such as `manifest.put`, `blob.head`, `upload.mount`. */
  readonly operation?: string
  /** Account whose registry is addressed. */
  readonly account?: string
  readonly region?: string
  /** ARN of the caller. */
  readonly principal?: string
  /** Whether the request could change a registry. */
  readonly mutating: boolean
  /** HTTP status, once it is answered. */
  status?: number
}

export const faultKinds = [
  'reset-before',
  'reset-after',
  '500',
  '503',
  '429',
  'throttling',
  'hang',
  'cut',
  'expired-token',
] as const

/**
 * What goes wrong: the connection is reset before or after the request took effect, an error is answered instead, no
 * answer ever comes, or the answer is cut in the middle of its body.
 */
export type FaultKind = (typeof faultKinds)[number]

/** Of the requests that match `operation` (all, without it), the one numbered `at` and the `times - 1` after it fail. */
export interface Fault {
  /** Counts from 1 when the fault is set. Default 1. */
  readonly at?: number
  readonly operation?: string
  /** Default 1. */
  readonly times?: number
  readonly kind: FaultKind
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: ECR's API, STS, and the registries by host name. */
  readonly url: string
  /** `ACCOUNT/REGION` to `http://127.0.0.1:PORT`, for each of `SandboxOptions.registries`. */
  readonly registryUrls: ReadonlyMap<string, string>
  readonly requests: readonly RecordedRequest[]
  clearRequests(): void
  /** Replaces all faults. */
  setFaults(faults: readonly Fault[]): void
  /** Stops the clock at this time; `undefined` lets it run again. */
  setClock(epochMs: number | undefined): void
  /** @throws {UsageError} INVALID_SEED, naming the place. */
  seed(seed: SandboxSeed): Promise<void>
  /** Forgets everything: registries, accounts, faults, requests and the clock. */
  reset(): Promise<void>
  close(): Promise<void>
}
