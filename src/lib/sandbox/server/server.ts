import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {UsageError} from '../../errors.ts'
import {openApiRequest} from '../api/protocol.ts'
import {openDownload} from '../download/protocol.ts'
import {type Exchange, headerOf, type Incoming, type Reply} from '../exchange.ts'
import {type Addressed, downloadHost} from '../identity/hosts.ts'
import {openRegistryRequest} from '../registry/protocol.ts'
import {openPublicRequest} from '../registry/public-protocol.ts'
import type {Services} from '../services.ts'
import {openStsRequest} from '../sts/protocol.ts'
import type {RecordedRequest} from '../types.ts'
import type {Faults} from './faults.ts'
import {admit} from './guard.ts'
import {handle} from './handle.ts'
import type {RateLimits} from './rates.ts'
import type {RequestLog} from './request-log.ts'
import {send} from './send.ts'

/** What all ports of a sandbox share. */
export interface Machinery extends Services {
  /** Does what is due by now. */
  readonly catchUp: () => Promise<void>
  readonly log: RequestLog
  readonly faults: Faults
  readonly rates: RateLimits
  readonly onRequest: (request: RecordedRequest) => void | Promise<void>
  /** Answers requests under `/_sandbox/`. */
  readonly control: (incoming: Incoming) => Promise<Reply>
}

/** What a port is for: everything, one registry, the blobs that registries redirect to, or AWS's hosts by a proxy. */
export type Purpose =
  | {readonly kind: 'main'}
  | {readonly kind: 'registry'; readonly account: string; readonly region: string}
  | {readonly kind: 'downloads'}
  | {readonly kind: 'proxy'; readonly origin: string}

/** Bounds of what a client may cost. A request as a whole has no time limit: a layer may be large, and its link slow. */
export const bounds = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 30_000,
  connectionsCheckingInterval: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
}

/** Serves a purpose at a port. @throws {UsageError} PORT_UNAVAILABLE. */
export async function listen(
  machinery: Machinery,
  purpose: Purpose,
  port: number,
  options: typeof bounds = bounds,
): Promise<Server> {
  const server = createServer(options, (request, response) => {
    void respond(machinery, purpose, request, response)
  })
  return await bind(server, port)
}

/** Listens on 127.0.0.1 and nowhere else. @throws {UsageError} PORT_UNAVAILABLE. */
export async function bind(server: Server, port: number): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(cannotListen(port, error)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

export function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers a request that came to a port of this purpose; it never rejects. */
export async function respond(
  machinery: Machinery,
  purpose: Purpose,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const addressed = admit(request)
    if (addressed === undefined) return await send(response, forbidden)
    const incoming = read(request, purpose, addressed)
    if (incoming.path.startsWith('/_sandbox/')) {
      const permitted = addressed.kind === 'loopback' && purpose.kind !== 'downloads'
      return await send(response, permitted ? await machinery.control(incoming) : forbidden)
    }
    await machinery.catchUp()
    const isDownload = purpose.kind === 'downloads' || addressed.kind === 'downloads'
    const services = purpose.kind === 'proxy' ? behindProxy(machinery, purpose.origin) : machinery
    const exchange = isDownload ? openDownload(incoming, services) : await open(services, incoming, addressed)
    if (exchange === undefined) return await send(response, nothingHere)
    const record = machinery.log.add(incoming, exchange)
    await machinery.onRequest(record)
    await handle(machinery, exchange, record, response)
  } catch (error) {
    // The client went away, or this is a bug; either way the server goes on.
    if (!response.headersSent && !response.destroyed) await send(response, internalError(error))
    else response.destroy()
  }
}

/** A client that reaches AWS's hosts by the proxy downloads from one of them too. */
function behindProxy(services: Services, origin: string): Services {
  const {protocol} = new URL(origin)
  return {...services, downloads: region => `${protocol}//${downloadHost(region)}`}
}

async function open(
  services: Services,
  incoming: Incoming,
  addressed: Addressed,
): Promise<Exchange | undefined> {
  if (addressed.kind === 'public') return openPublicRequest(incoming, services)
  if (incoming.path === '/v2' || incoming.path.startsWith('/v2/'))
    return openRegistryRequest(incoming, services)
  if (incoming.path !== '/' || incoming.method !== 'POST') return undefined
  if (headerOf(incoming.headers, 'x-amz-target') !== undefined) return openApiRequest(incoming, services)
  return openStsRequest(incoming, services)
}

function read(request: IncomingMessage, purpose: Purpose, addressed: Addressed): Incoming {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const registry = [purpose, addressed].find(where => where.kind === 'registry')
  const host = request.headers.host ?? ''
  const loopback = addressed.kind === 'loopback' ? `http://${host}` : undefined
  const origin = purpose.kind === 'proxy' ? purpose.origin : loopback
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
    host,
    ...(origin === undefined ? {} : {origin}),
    sourceIp: headerOf(request.headers, 'x-forwarded-for')?.split(',')[0]?.trim() ?? '127.0.0.1',
    body: request,
    ...(registry === undefined ? {} : {registry: {account: registry.account, region: registry.region}}),
  }
}

const forbidden: Reply = plain(403, 'Forbidden: the sandbox answers programs of this machine only.')
const nothingHere: Reply = plain(404, 'Not found.')

function internalError(error: unknown): Reply {
  return plain(500, `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`)
}

function plain(status: number, text: string): Reply {
  return {status, headers: {'content-type': 'text/plain; charset=utf-8'}, body: `${text}\n`}
}

function cannotListen(port: number, error: NodeJS.ErrnoException): Error {
  const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message
  return new UsageError('PORT_UNAVAILABLE', `The sandbox cannot listen on 127.0.0.1:${port}: ${reason}.`, {
    cause: error,
  })
}
