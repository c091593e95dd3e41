import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'
import {EcrApi} from '../../../src/lib/ecr/api.ts'
import {cachedCredentials} from '../../../src/lib/ecr/credentials.ts'
import type {AwsEnvironment} from '../../../src/lib/ecr/environment.ts'
import type {PrivateEcrHost} from '../../../src/lib/ecr/hosts.ts'
import type {AccountSession} from '../../../src/lib/ecr/session.ts'
import {noTraffic, type RegistryContext, type RegistryEvent} from '../../../src/lib/oci/registry.ts'
import {defaultTimeouts, type Timeouts} from '../../../src/lib/oci/transport.ts'

/** What a stub saw of one request. */
export interface Seen {
  /** Name of the ECR operation, or `Action` of an STS request. */
  readonly operation: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export type Reply = (response: ServerResponse, seen: Seen) => void

/** A server on loopback that answers every request with `reply`, until the test is over. */
export async function startStub(reply: Reply): Promise<{url: string; seen: Seen[]}> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const target = String(request.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action'))
      const one = {operation: target.replace(/^.*\./, ''), body, headers: request.headers}
      seen.push(one)
      reply(response, one)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen}
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, {'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': 'request-7f'})
  response.end(JSON.stringify(value))
}

export function fails(name: string, message: string, status = 400): Reply {
  return response => json(response, {__type: name, message}, status)
}

export const registry: PrivateEcrHost = {
  kind: 'private',
  account: '222222222222',
  region: 'eu-west-1',
  partition: 'aws',
  fips: false,
  dualStack: false,
}

export function environmentFor(
  env: AwsEnvironment['env'],
  more: Partial<AwsEnvironment> = {},
): AwsEnvironment {
  return {env, now: Date.now, signal: new AbortController().signal, retryForMs: 300, ...more}
}

export function sessionFor(account = '111111111111', accessKeyId = 'AKIDEXAMPLE'): AccountSession {
  const credentials = cachedCredentials(async () => ({accessKeyId, secretAccessKey: 'x'}), Date.now)
  return {
    account,
    arn: `arn:aws:sts::${account}:assumed-role/release/me`,
    partition: 'aws',
    region: 'eu-west-1',
    credentials,
    renewal: 'aws sso login --profile prod',
    traffic: noTraffic(),
    tokens: new Map(),
  }
}

/** ECR's API as served by `url`, with `events` for what it tells. */
export function apiAt(
  url: string,
  options: {
    readonly retryForMs?: number
    readonly readOnly?: boolean
    readonly allowed?: ReadonlySet<string>
    readonly signal?: AbortSignal
    readonly session?: AccountSession
    readonly timeouts?: Partial<Timeouts>
  } = {},
) {
  const events: RegistryEvent[] = []
  const context: RegistryContext = {
    signal: options.signal ?? new AbortController().signal,
    now: Date.now,
    concurrency: 4,
    retryForMs: options.retryForMs ?? 300,
    onEvent: event => events.push(event),
  }
  const traffic = noTraffic()
  const api = new EcrApi({
    host: '222222222222.dkr.ecr.eu-west-1.amazonaws.com',
    registry,
    session: options.session ?? sessionFor(),
    environment: environmentFor(
      {AWS_ENDPOINT_URL_ECR: url},
      {
        timeouts: {...defaultTimeouts, ...options.timeouts},
      },
    ),
    context,
    traffic,
    readOnly: options.readOnly ?? false,
    allowed: options.allowed,
    purpose: 'pull',
  })
  onTestFinished(() => api.close())
  return {api, events, traffic}
}
