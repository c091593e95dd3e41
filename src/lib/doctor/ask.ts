import {type AwsEnvironment, sandboxOrigin} from '../ecr/environment.ts'
import {maxSmallBody} from '../oci/answer-body.ts'
import {secretsOf} from '../oci/auth.ts'
import {hideSecrets} from '../oci/hide-secrets.ts'
import {plainNetwork} from '../oci/network.ts'
import {oneLine} from '../oci/one-line.ts'
import {noTraffic} from '../oci/registry.ts'
import {NetworkError, readRegistryError} from '../oci/registry-error.ts'
import {createTransport} from '../oci/transport.ts'
import {createUrlPolicy, isLoopback, registryOrigin} from '../oci/url-policy.ts'
import {adviceOf} from './trouble.ts'

/** An answer of a host, whatever it says: it was reached. */
export interface HostAnswer {
  readonly status: number
  /** The host's clock, milliseconds since the epoch; undefined when it does not tell. */
  readonly date: number | undefined
  /** What an error says, in one line. */
  readonly said: string
}

/**
 * Sends one GET by the way that every request takes, proxy and authorities included. Nothing is repeated, and no redirect
 * is followed.
 *
 * @throws {NetworkError} when there is no answer.
 */
export async function askHost(
  url: URL,
  environment: AwsEnvironment,
  headers: Readonly<Record<string, string>> = {},
): Promise<HostAnswer> {
  const {network, timeouts, signal, now} = environment
  const sandbox = sandboxOrigin(environment)
  const policy = createUrlPolicy(registryOrigin(url.host, url.protocol === 'http:'), origin =>
    sandbox === undefined || isLoopback(origin.hostname) ? undefined : new URL(sandbox),
  )
  const transport = createTransport({
    policy,
    signal,
    traffic: noTraffic(),
    keepIdle: 0,
    network,
    timeouts,
  })
  try {
    const answer = await transport.send({method: 'GET', url, headers})
    const body = new TextDecoder().decode(await answer.body.start(maxSmallBody))
    const text = hideSecrets(body, secretsOf(headers['Authorization']))
    const date = Date.parse(answer.headers.date ?? '')
    const {message} = readRegistryError(answer.status, text, new Map(), now())
    return {status: answer.status, date: Number.isNaN(date) ? undefined : date, said: message}
  } finally {
    transport.close()
  }
}

/** Whether a host was reached: how, or why not and what to do. */
export interface Reached {
  readonly host: string
  /** `directly`, `through the proxy NAME`, `in the sandbox`. */
  readonly way: string
  readonly trouble?: {readonly message: string; readonly fix: string}
}

/** Asks a host for anything at all. */
export async function reach(url: URL, environment: AwsEnvironment): Promise<Reached> {
  const {host} = url
  const way = wayTo(url, environment)
  try {
    await askHost(url, environment)
    return {host, way}
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    return {
      host,
      way,
      trouble: {message: wordsOf(error), fix: adviceOf(error.code)},
    }
  }
}

function wordsOf({code, message}: NetworkError): string {
  if (code === 'ENOTFOUND') return 'no such host'
  if (code === 'EAI_AGAIN') return 'the DNS gives no answer'
  return oneLine(message.trim())
}

function wayTo(url: URL, environment: AwsEnvironment): string {
  if (sandboxOrigin(environment) !== undefined) return 'in the sandbox'
  const {network = plainNetwork} = environment
  const port = Number(url.port || 443)
  const proxy = isLoopback(url.hostname) ? undefined : network.proxyFor(url.hostname, port)
  return proxy === undefined ? 'directly' : `through the proxy ${proxy.name}`
}
