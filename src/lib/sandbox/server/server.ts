import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {UsageError} from '../../errors.ts'
import type {Services} from '../api/operation.ts'
import {openApiRequest} from '../api/protocol.ts'
import {openDownload} from '../download/protocol.ts'
import {openRegistryRequest} from '../registry/protocol.ts'
import {openStsRequest} from '../sts/protocol.ts'
import type {RecordedRequest} from '../types.ts'
import {type Exchange, headerOf, type Incoming, type Reply} from './exchange.ts'
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

/** What a port is for: everything, one registry, or the blobs that registries redirect to. */
export type Purpose =
  | {readonly kind: 'main'}
  | {readonly kind: 'registry'; readonly account: string; readonly region: string}
  | {readonly kind: 'downloads'}

/** Bounds of what a client may cost. A request as a whole has no time limit: a layer may be large, and its link slow. */
export const bounds = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 30_000,
  connectionsCheckingInterval: 10_000,
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
}

/** Listens on 127.0.0.1 and nowhere else. @throws {UsageError} PORT_UNAVAILABLE. */
export async function listen(
  machinery: Machinery,
  purpose: Purpose,
  port: number,
  options: typeof bounds = bounds,
): Promise<Server> {
  const server = createServer(options, (request, response) => {
    void respond(machinery, purpose, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(cannotListen(port, error)))
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

export function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function respond(
  machinery: Machinery,
  purpose: Purpose,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const addressed = admit(request)
    if (addressed === undefined) return await send(response, forbidden)
    const incoming = read(request, purpose, addressed.kind === 'registry' ? addressed : undefined)
    if (incoming.path.startsWith('/_sandbox/')) {
      const permitted = addressed.kind === 'loopback' && purpose.kind !== 'downloads'
      return await send(response, permitted ? await machinery.control(incoming) : forbidden)
    }
    await machinery.catchUp()
    const exchange = await open(machinery, purpose, incoming)
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

async function open(
  machinery: Machinery,
  purpose: Purpose,
  incoming: Incoming,
): Promise<Exchange | undefined> {
  if (purpose.kind === 'downloads') return openDownload(incoming, machinery)
  if (incoming.path === '/v2' || incoming.path.startsWith('/v2/'))
    return openRegistryRequest(incoming, machinery)
  if (incoming.path !== '/' || incoming.method !== 'POST') return undefined
  if (headerOf(incoming.headers, 'x-amz-target') !== undefined) return openApiRequest(incoming, machinery)
  return openStsRequest(incoming, machinery)
}

function read(
  request: IncomingMessage,
  purpose: Purpose,
  named: {readonly account: string; readonly region: string} | undefined,
): Incoming {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
  const registry = purpose.kind === 'registry' ? purpose : named
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
    host: request.headers.host ?? '',
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
