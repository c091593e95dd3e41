import type {SandboxEvent} from './events/event.ts'
import type {Fault, FaultKind, Plane, Rates, SetFault} from './hindrances.ts'
import type {SandboxSeed} from './seed-format.ts'
import type {Quotas} from './state/quotas.ts'
import type {Durations} from './time/durations.ts'

/** How a sandbox is started. Everything is optional. */
export interface SandboxOptions {
  /** Port on 127.0.0.1; 0, the default, takes any free one. */
  port?: number
  /** Directory that holds the state, so that it survives a restart or a crash. Without it the state is in memory. */
  data?: string
  /** Ports of single registries, for clients that can't send an ECR host name; port 0 takes any free one. */
  registries?: readonly RegistryPort[]
  /** Port of a proxy through which any tool reaches the sandbox by AWS's own host names; 0 takes any free one. */
  proxy?: number
  /** Answer as the OCI distribution specification has it wherever ECR deviates from it. */
  strictSpec?: boolean
  /** Milliseconds since the epoch. */
  now?: () => number
  /** File to which events are appended, or `http:` URL of this machine to which they are posted. */
  events?: string
  /** How many calls per second are answered; without it, all. */
  rates?: Rates | 'published'
  /** Quotas that are not the published ones. */
  quotas?: Partial<Quotas>
  /**
   * Registries on this machine that stand for those of pull-through cache rules, by their host names:
   * `{'registry-1.docker.io': 'http://127.0.0.1:5000'}`. No other upstream registry is ever reached.
   */
  upstreams?: Readonly<Record<string, string>>
  /** How long scans, signing and the like take, in milliseconds, where that is not as usual. */
  durations?: Partial<Durations>
  /** Told of each request, and awaited, before it is handled. */
  onRequest?: (request: RecordedRequest) => void | Promise<void>
}

export interface RegistryPort {
  account: string
  region: string
  port: number
}

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
  /** The repository that is addressed. */
  readonly repository?: string
  /** Whether the request could change a registry. */
  readonly mutating: boolean
  /** HTTP status, once it is answered. */
  status?: number
  /** What kept it from being answered as usual: a fault of this kind, or the API's rate. */
  hindrance?: FaultKind | 'rate'
}

/** Leads to AWS's own host names, all of which are the sandbox, and nowhere else. */
export interface SandboxProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Path of the certificate that clients have to trust, in PEM. */
  readonly caFile: string
  /** The same certificate. */
  readonly caCertificate: string
  /**
   * Environment variables with which tools go through the proxy and trust it, as this account and in this region.
   * AWS_PROFILE is not among them, and must not be set.
   *
   * @throws {UsageError} INVALID_REGISTRY.
   */
  env(account: string, region: string): Record<string, string>
}

/** What scans of an image find. */
export interface ImageFindings {
  readonly account: string
  readonly region: string
  readonly repository: string
  /** Of an image that need not be there yet. */
  readonly digest?: string
  readonly tag?: string
  /**
   * An answer of DescribeImageScanFindings, with its status, or what Inspector's or Security Hub's API answer. It is
   * what scans of its type find: of enhanced scanning if it has enhanced findings.
   */
  readonly findings: object
  /** False: the next scan finds it. By default, a scan has just found it. */
  readonly scanned?: boolean
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`: ECR's API, STS, and the registries by host name. */
  readonly url: string
  /** `ACCOUNT/REGION` to `http://127.0.0.1:PORT`, for each of `SandboxOptions.registries`. */
  readonly registryUrls: ReadonlyMap<string, string>
  /**
   * Environment variables with which gantry, the AWS CLI and the SDKs use the sandbox, as this account and in this region.
   * AWS_PROFILE is not among them, and must not be set.
   *
   * @throws {UsageError} INVALID_REGISTRY.
   */
  env(account: string, region: string): Record<string, string>
  /** With `SandboxOptions.proxy`. */
  readonly proxy?: SandboxProxy
  /** In the order of arrival: the latest 100,000. */
  readonly requests: readonly RecordedRequest[]
  clearRequests(): void
  readonly faults: readonly SetFault[]
  /** Replaces all faults. @throws {UsageError} INVALID_FAULTS, naming the place. */
  setFaults(faults: readonly Fault[]): void
  readonly rates: Rates
  /** Replaces all rates; `{}` ends them. @throws {UsageError} INVALID_RATES, naming the place. */
  setRates(rates: Rates | 'published'): void
  readonly quotas: Quotas
  /** Replaces all quotas; those that are not given are the published ones. @throws {UsageError} INVALID_QUOTAS. */
  setQuotas(quotas: Partial<Quotas>): void
  /** In the order in which they happened: the latest 100,000. */
  readonly events: readonly SandboxEvent[]
  clearEvents(): void
  /** What the sandbox's clock shows, in milliseconds since the epoch. */
  now(): number
  /**
   * Stops the clock at this time, and does what is due by then; `undefined` lets it run again.
   *
   * @throws {UsageError} INVALID_CLOCK.
   */
  setClock(epochMs: number | undefined): Promise<void>
  /** Stops the clock this much later than it shows now, and does what is due by then. @throws {UsageError} INVALID_CLOCK. */
  advanceClock(ms: number): Promise<void>
  /** Replaces what scans of an image find. @throws {UsageError} INVALID_FINDINGS, naming the place. */
  putFindings(findings: ImageFindings): Promise<void>
  /** @throws {UsageError} INVALID_SEED, naming the place. */
  seed(seed: SandboxSeed): Promise<void>
  /** Makes it as it was started, with nothing in it: no registries, accounts, faults, requests and events. */
  reset(): Promise<void>
  close(): Promise<void>
  /** Closes it: `await using sandbox = await startSandbox()`. */
  [Symbol.asyncDispose](): Promise<void>
}
