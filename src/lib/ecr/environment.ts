import {UsageError} from '../errors.ts'
import type {Network} from '../oci/network.ts'
import type {Paces} from '../oci/pace.ts'
import type {RegistryContext} from '../oci/registry.ts'
import type {Timeouts} from '../oci/transport.ts'
import {isLoopback} from '../oci/url-policy.ts'
import type {Wait} from '../oci/wait.ts'
import {isRegion} from './hosts.ts'

/** What the world around gives to everything that speaks to AWS. */
export interface AwsEnvironment {
  /** The process's environment variables, or those of a test. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `http://127.0.0.1:PORT` of a sandbox: then all AWS traffic goes there and no real credential is read. */
  readonly sandboxUrl?: string | undefined
  readonly useFips?: boolean | undefined
  readonly useDualstack?: boolean | undefined
  /** Profile of accounts that name none (`--profile`). */
  readonly defaultProfile?: string | undefined
  /** Proxies and authorities; none, and those of Node.js, by default. */
  readonly network?: Network | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Milliseconds that requests for identities and tokens may be repeated before `TransientError`; 60,000 by default. */
  readonly retryForMs?: number | undefined
  /** Told when STS is asked again. */
  readonly onEvent?: RegistryContext['onEvent'] | undefined
  readonly timeouts?: Timeouts
  /** How to wait, for a retry or one's turn; in real time unless given. */
  readonly wait?: Wait | undefined
  /** How fast each API of each registry is asked, learned together by all who have this environment. */
  readonly paces?: Paces | undefined
}

/** The context of requests that prove who we are; those for content have the context of their registry. */
export function identityContext(environment: AwsEnvironment): RegistryContext {
  const {signal, now, retryForMs = 60_000, onEvent = () => {}, wait} = environment
  return {signal, now, retryForMs, concurrency: 1, onEvent, wait}
}

export type AwsService = 'ECR' | 'ECR_PUBLIC' | 'STS'

/** What an SDK client is configured with to find its endpoint. */
export interface EndpointOptions {
  readonly region: string
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  readonly endpoint?: string
}

/**
 * Where `service` is reached: the sandbox, what `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` say, or the SDK's
 * own rules.
 *
 * @throws {UsageError} INVALID_REGION, INVALID_SANDBOX, ENDPOINT_NOT_HTTPS.
 */
export function endpointOptions(
  environment: AwsEnvironment,
  service: AwsService,
  region: string,
  form: {readonly fips?: boolean; readonly dualStack?: boolean} = {},
): EndpointOptions {
  if (!isRegion(region)) {
    throw new UsageError(
      'INVALID_REGION',
      `${JSON.stringify(region)} is not an AWS region. Nothing was sent.`,
    )
  }
  const endpoint = sandboxOrigin(environment) ?? configuredEndpoint(environment, service)
  // An endpoint of one's own excludes FIPS and dual-stack (SDK endpoint rules).
  if (endpoint !== undefined) {
    return {region, endpoint, useFipsEndpoint: false, useDualstackEndpoint: false}
  }
  return {
    region,
    useFipsEndpoint: form.fips === true || environment.useFips === true,
    useDualstackEndpoint: form.dualStack === true || environment.useDualstack === true,
  }
}

/**
 * Scheme, host and port of the sandbox; `undefined` without one.
 *
 * @throws {UsageError} INVALID_SANDBOX unless it is plain http on a loopback address.
 */
export function sandboxOrigin({sandboxUrl}: AwsEnvironment): string | undefined {
  if (sandboxUrl === undefined) return undefined
  const url = URL.parse(sandboxUrl)
  const bare = url !== null && url.pathname === '/' && `${url.username}${url.search}${url.hash}` === ''
  if (!bare || url.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw new UsageError(
      'INVALID_SANDBOX',
      'GANTRY_SANDBOX must be http://127.0.0.1:PORT, as "gantry sandbox start" prints it. Nothing was sent.',
    )
  }
  return url.origin
}

function configuredEndpoint({env}: AwsEnvironment, service: AwsService): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return undefined
  const name = [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL'].find(each => env[each])
  if (name === undefined) return undefined
  const url = URL.parse(env[name] ?? '')
  if (url === null || !isSafe(url)) {
    throw new UsageError(
      'ENDPOINT_NOT_HTTPS',
      `${name} must be an https URL; plain http is for loopback addresses only. Nothing was sent.`,
    )
  }
  return url.href
}

function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}
