import {type IncomingMessage, Server, type ServerOptions, type ServerResponse} from 'node:http'
import {Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {parseHost} from '../identity/hosts.ts'
import type {Issuer} from './authority.ts'
import {Tunnel} from './tunnel.ts'

/** Answers a request to one of AWS's hosts; `origin` is scheme and host, as the client has them. */
export type ProxiedHandler = (request: IncomingMessage, response: ServerResponse, origin: string) => void

/**
 * A proxy that is itself every host that it leads to. It ends the TLS of tunnels (CONNECT), and takes plain requests
 * that name their host. What the sandbox does not serve is refused: nothing is ever passed on to the network.
 */
export class ProxyServer extends Server {
  readonly #issuer: Issuer
  readonly #inside: Server
  readonly #transports = new Set<Socket>()

  constructor(issuer: Issuer, options: ServerOptions, handle: ProxiedHandler) {
    super(options, (request, response) => {
      const url = servedUrl(request)
      if (url === undefined) return refuse(response, 403)
      request.url = `${url.pathname}${url.search}`
      handle(request, response, url.origin)
    })
    this.#issuer = issuer
    this.#inside = new Server(options, (request, response) => {
      const {host} = request.socket as Tunnel
      // A host of its own in a request would be answered in the name of another.
      if (hostOf(request) !== host) return refuse(response, 421)
      handle(request, response, `https://${host}`)
    })
    this.on('connect', (request, transport, head) => this.#connect(request.url ?? '', transport, head))
  }

  override closeAllConnections(): void {
    super.closeAllConnections()
    for (const transport of this.#transports) transport.destroy()
  }

  #connect(authority: string, transport: Duplex, head: Buffer): void {
    const host = tunnelledHost(authority)
    transport.on('error', () => transport.destroy())
    if (host === undefined || !(transport instanceof Socket)) {
      transport.end(
        `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${refusal}`,
      )
      return
    }
    this.#transports.add(transport.once('close', () => this.#transports.delete(transport)))
    transport.write('HTTP/1.1 200 Connection established\r\n\r\n')
    transport.unshift(head)
    this.#inside.emit('connection', new Tunnel(transport, host, this.#issuer.contextFor(host)))
  }
}

const refusal = "The sandbox's proxy leads to hosts of ECR and STS, and nowhere else.\n"

function refuse(response: ServerResponse, status: 403 | 421): void {
  response.writeHead(status, {'content-type': 'text/plain', connection: 'close'}).end(refusal)
}

/** The host of a CONNECT request (RFC 9110, section 9.3.6), if it is served. */
function tunnelledHost(authority: string): string | undefined {
  const [, host = ''] = /^([a-z0-9.-]+):443$/.exec(authority.toLowerCase()) ?? []
  return isServed(host) ? host : undefined
}

/** The URL of a request in absolute form (RFC 9112, section 3.2.2), if its host is served. */
function servedUrl({url = '', headers}: IncomingMessage): URL | undefined {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'http:' || parsed.port !== '') return undefined
  return parsed.host === headers.host?.toLowerCase() && isServed(parsed.host) ? parsed : undefined
}

function isServed(host: string): boolean {
  const addressed = parseHost(host)
  return addressed !== undefined && addressed.kind !== 'loopback'
}

function hostOf({headers}: IncomingMessage): string {
  return (headers.host ?? '').toLowerCase().replace(/:443$/, '')
}
