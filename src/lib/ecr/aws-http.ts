import type {Agent as HttpAgent} from 'node:http'
import {NodeHttpHandler} from '@smithy/node-http-handler'
import {BugError, FailureError, RefusalError, UsageError} from '../errors.ts'
import {createAgents} from '../oci/agents.ts'
import {plainNetwork} from '../oci/network.ts'
import type {Traffic} from '../oci/registry.ts'
import {retriedStatuses} from '../oci/registry-error.ts'
import {defaultTimeouts} from '../oci/transport.ts'
import {isLoopback} from '../oci/url-policy.ts'
import type {AwsEnvironment} from './environment.ts'

type Request = Parameters<NodeHttpHandler['handle']>[0]
type Options = Parameters<NodeHttpHandler['handle']>[1]
type Response = Awaited<ReturnType<NodeHttpHandler['handle']>>['response']

/** Operations that change nothing; whatever is not in this list counts as a mutation. */
const readOperations: ReadonlySet<string> = new Set([
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'DescribeImageReplicationStatus',
  'DescribeImageScanFindings',
  'DescribeImages',
  'DescribePullThroughCacheRules',
  'DescribeRegistry',
  'DescribeReplicationBackfillResults',
  'DescribeRepositories',
  'DescribeRepositoryCreationTemplates',
  'GetAccountSetting',
  'GetAuthorizationToken',
  'GetDownloadUrlForLayer',
  'GetLifecyclePolicy',
  'GetLifecyclePolicyPreview',
  'GetRegistryPolicy',
  'GetRegistryScanningConfiguration',
  'GetRepositoryPolicy',
  'GetSigningConfiguration',
  'ListImageReferrers',
  'ListImages',
  'ListPullTimeUpdateExclusions',
  'ListReplicationBackfills',
  'ListTagsForResource',
  // It tries the upstream registry, and changes nothing (API reference).
  'ValidatePullThroughCacheRule',
])

/** A hundred of the largest manifests would not fit; a hundred usual ones take less than a hundredth of it. */
const maxAnswerBytes = 64 * 1024 * 1024

export interface AwsHttpOptions {
  readonly environment: AwsEnvironment
  readonly traffic: Traffic
  readonly maxSockets: number
  /** Refuse every operation that is not known to change nothing. */
  readonly readOnly?: boolean
  /** Operations that are let through all the same. They count as mutating. */
  readonly allowed?: ReadonlySet<string> | undefined
}

/**
 * The one way by which the SDK's clients reach the network: our agents (proxy included) and deadlines, every request
 * and body byte counted, nothing in plain text but to this machine, no mutation when read-only, answers whole and
 * capped before the SDK parses them.
 */
export class AwsHttpHandler extends NodeHttpHandler {
  readonly #options: AwsHttpOptions
  readonly #agents: readonly HttpAgent[]

  constructor(options: AwsHttpOptions) {
    const {environment, maxSockets} = options
    const {timeouts = defaultTimeouts, network = plainNetwork} = environment
    const agents = createAgents({keepAlive: true, maxSockets}, network, timeouts.connectMs)
    super({
      httpAgent: agents.http,
      httpsAgent: agents.https,
      connectionTimeout: timeouts.connectMs,
      requestTimeout: timeouts.headersMs,
      throwOnRequestTimeout: true,
      socketTimeout: timeouts.stallMs,
      logger: silent,
    })
    this.#options = options
    this.#agents = [agents.http, agents.https]
  }

  override async handle(request: Request, options?: Options): Promise<{response: Response}> {
    const {traffic, readOnly = false, allowed} = this.#options
    refusePlainText(request)
    const mutating = isMutating(request)
    if (mutating && readOnly && !allowed?.has(operationOf(request) ?? ''))
      throw new BugError(`A read-only run tried ${operationOf(request)}. It was not sent.`)

    traffic.requests += 1
    if (mutating) traffic.mutatingRequests += 1
    traffic.bytesSent += byteLength(request.body)
    const {response} = await super.handle(request, options)
    const body = await collect(response.body as AsyncIterable<Uint8Array>, request.hostname, traffic)
    refuseStranger(response, body, request.hostname, this.#options.environment)
    response.body = body
    return {response}
  }

  override destroy(): void {
    super.destroy()
    for (const agent of this.#agents) agent.destroy()
  }
}

/** Name of the ECR operation, from the JSON 1.1 protocol's header; undefined for STS's form posts. */
function operationOf(request: Request): string | undefined {
  return Object.entries(request.headers)
    .find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1]
    .replace(/^.*\./, '')
}

/** Nothing that we ask of STS or SSO, which have no such header, changes anything. */
function isMutating(request: Request): boolean {
  const operation = operationOf(request)
  return operation !== undefined && !readOperations.has(operation)
}

function refusePlainText({protocol, hostname}: Request): void {
  if (protocol === 'https:' || isLoopback(hostname)) return
  throw new UsageError(
    'ENDPOINT_NOT_HTTPS',
    `${hostname} is an AWS endpoint without https. Check endpoint_url in your AWS configuration. Nothing was sent.`,
  )
}

async function collect(body: AsyncIterable<Uint8Array>, host: string, traffic: Traffic): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    traffic.bytesReceived += chunk.byteLength
    size += chunk.byteLength
    if (size > maxAnswerBytes) {
      throw new RefusalError(
        'ANSWER_TOO_LARGE',
        `The answer of ${host} is larger than ${maxAnswerBytes / 1024 ** 2} MiB. Refused.`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** Answers that no AWS service gives, which the SDK would report as a syntax error. */
function refuseStranger(
  response: Response,
  body: Uint8Array,
  host: string,
  {network = plainNetwork}: AwsEnvironment,
): void {
  if (response.statusCode >= 300 && response.statusCode < 400) {
    throw new FailureError('NOT_AWS', `${host} answered with a redirect. Is a proxy login in the way?`)
  }
  const start = Buffer.from(body.subarray(0, 64)).toString('latin1')
  if (isPassing(response.statusCode) || !/^\s*<(?:!doctype\s+)?html/i.test(start)) return
  const proxy = network.proxyFor(host, 443)
  throw new FailureError(
    'NOT_AWS',
    `Got an HTML page instead of an answer of AWS from ${host}. Is a proxy login in the way? (${proxy === undefined ? 'no proxy is set' : `the proxy is ${proxy.name}`})`,
  )
}

/** What will pass may be told by a page of whatever stands before the service. */
function isPassing(status: number): boolean {
  return status >= 500 || retriedStatuses.has(status)
}

function byteLength(body: unknown): number {
  if (typeof body === 'string') return Buffer.byteLength(body)
  return body instanceof Uint8Array ? body.byteLength : 0
}

const silent = {trace() {}, debug() {}, info() {}, warn() {}, error() {}}
