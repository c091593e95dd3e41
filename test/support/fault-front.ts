import {createServer, request as httpRequest, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/** What becomes of a request on its way: refused for coming too fast, never answered, or cut in the middle of a body. */
export type FrontFault = '429' | 'stall' | 'cut-upload' | 'cut-download'

/** A proxy on loopback that stands before a registry and lets some requests fail. */
export interface FaultFront {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly requests: number
  readonly connections: number
  /** How many requests failed. */
  readonly faults: number
  close(): Promise<void>
}

/** A request as far as it is known before its body comes. */
export interface FrontRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Whether bytes of a blob or a manifest come with it. */
  readonly hasBody: boolean
}

/** @param judge which fault a request meets; `n` counts them from 1. */
export async function startFaultFront(
  target: string,
  judge: (request: FrontRequest, n: number) => FrontFault | undefined,
): Promise<FaultFront> {
  let requests = 0
  let connections = 0
  let faults = 0
  const server = createServer((incoming, response) => {
    const {method = '', url = '', headers} = incoming
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
    const fault = judge({method, path: url.replace(/\?.*$/, ''), hasBody}, ++requests)
    if (fault !== undefined) faults++
    if (fault === '429') {
      incoming.resume()
      const body = JSON.stringify({errors: [{code: 'TOOMANYREQUESTS', message: 'Rate exceeded'}]})
      response.writeHead(429, {'Content-Length': body.length}).end(method === 'HEAD' ? undefined : body)
    } else if (fault === 'cut-upload') cutUpload(incoming)
    else if (fault !== 'stall') forward(incoming, response, target, fault === 'cut-download')
  })
  server.on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests
    },
    get connections() {
      return connections
    },
    get faults() {
      return faults
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

function cutUpload(incoming: IncomingMessage): void {
  incoming.once('data', () => incoming.socket.destroy())
  incoming.once('end', () => incoming.socket.destroy())
}

function forward(incoming: IncomingMessage, response: ServerResponse, target: string, isCut: boolean): void {
  const {method, url, headers} = incoming
  // With the host as it was asked for, which registries name in the locations of uploads.
  const outgoing = httpRequest(`http://${target}${url}`, {method, headers})
  outgoing.on('response', answer => {
    response.writeHead(answer.statusCode ?? 0, answer.headers)
    if (isCut) answer.once('data', (first: Buffer) => half(response, first))
    else answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.on('error', () => outgoing.destroy())
  incoming.pipe(outgoing)
}

/** Half of what came first, and no more. */
function half(response: ServerResponse, first: Buffer): void {
  response.write(first.subarray(0, first.length / 2), () => response.socket?.destroy())
}
