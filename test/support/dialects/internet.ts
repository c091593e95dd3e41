import {generateKeyPairSync} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {createSecureContext, TLSSocket} from 'node:tls'
import {type Network, readNetwork} from '../../../src/lib/oci/network.ts'
import {authorityCertificate, serverCertificate} from '../../../src/lib/sandbox/proxy/certificate.ts'
import type {Recorded} from '../hostile-registry.ts'

/** A request, and the host whose name was asked for. */
export interface Visit extends Recorded {
  readonly host: string
}

/** What a host answers; the request's body has been read. */
export type Site = (visit: Visit, response: ServerResponse) => void

/** Hosts under their real names, by TLS, on this machine: whoever uses `network` finds them and nothing else. */
export interface Internet {
  readonly network: Network
  readonly visits: Visit[]
  /** Puts a host there; all others answer 404. */
  at(host: string, site: Site): void
  close(): Promise<void>
}

/** @param domains the names at and below which there may be hosts. */
export async function startInternet(domains: readonly string[]): Promise<Internet> {
  const visits: Visit[] = []
  const sites = new Map<string, Site>()
  const hosts = new WeakMap<object, string>()
  const sockets = new Set<Socket>()
  const authority = authorityOf(domains)

  const inside = createServer((incoming, response) => {
    void readVisit(incoming, hosts.get(incoming.socket) ?? '').then(visit => {
      visits.push(visit)
      const site = sites.get(visit.host)
      if (site === undefined) response.writeHead(404).end()
      else site(visit, response)
    })
  })
  const proxy = createServer()
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    const host = (request.url ?? '').replace(/:443$/, '')
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const secure = new TLSSocket(socket, {isServer: true, secureContext: authority.contextFor(host)})
    for (const end of [socket, secure]) end.on('error', () => undefined)
    sockets.add(socket)
    hosts.set(secure, host)
    inside.emit('connection', secure)
  })
  const port = await listen(proxy)
  return {
    network: readNetwork({HTTPS_PROXY: `http://127.0.0.1:${port}`}).with([authority.certificate]),
    visits,
    at: (host, site) => void sites.set(host, site),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => proxy.close(() => resolve()))
    },
  }
}

async function readVisit(incoming: IncomingMessage, host: string): Promise<Visit> {
  const {method = '', url = '', headers} = incoming
  const pieces: Buffer[] = []
  try {
    for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece)
  } catch {
    // The client went away; what it sent is on record.
  }
  return {host, method, url, headers, body: Buffer.concat(pieces)}
}

function authorityOf(domains: readonly string[]) {
  const keys = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const authority = {keys, name: 'Gantry test'}
  const day = 24 * 3_600_000
  const lifetime = {notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day)}
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>()
  return {
    certificate: authorityCertificate(keys, authority.name, domains, lifetime),
    contextFor(host: string) {
      const known = contexts.get(host)
      if (known !== undefined) return known
      const context = createSecureContext({
        key: keys.privateKey.export({type: 'pkcs8', format: 'pem'}),
        cert: serverCertificate(keys.publicKey, host, authority, lifetime),
      })
      contexts.set(host, context)
      return context
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
