import {createServer, type IncomingMessage, type Server} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import {type AddressInfo, connect, type Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {onTestFinished} from 'vitest'

export interface ConnectProxyOptions {
  /** Port on loopback that stands for a `host:port`; undefined refuses it with 403. */
  readonly leadsTo?: (authority: string) => number | undefined
  /** Spoken to by TLS, with this key and certificate. */
  readonly tls?: {readonly key: string; readonly cert: string}
  /** `user:password` without which it answers 407. */
  readonly login?: string
  /** In place of all that: what is written to whoever asks for a tunnel; an empty text is silence. */
  readonly answers?: (authority: string) => string | undefined
}

export interface ConnectProxy {
  readonly port: number
  /** `host:port` of each tunnel that was asked for. */
  readonly targets: string[]
  /** Headers of the requests for tunnels. */
  readonly headers: IncomingMessage['headers'][]
  /** Bytes of the tunnels in the clear, as they went through. */
  readonly seen: Buffer[]
  /** Connections that clients have open. */
  open(): number
}

/** A proxy for tunnels on loopback, until the test is over. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const {leadsTo = () => undefined, tls, login, answers = () => undefined} = options
  const targets: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const seen: Buffer[] = []
  const sockets = new Set<Duplex>()
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls)
  server.on('tlsClientError', () => undefined)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
  })
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const authority = request.url ?? ''
    targets.push(authority)
    headers.push(request.headers)
    client.on('error', () => undefined)
    const answer = answers(authority)
    if (answer !== undefined) {
      // Only who reads hears that the other side is gone.
      if (answer === '') client.resume().once('end', () => client.destroy())
      else client.end(answer)
      return
    }
    const given = request.headers['proxy-authorization']
    if (login !== undefined && given !== `Basic ${Buffer.from(login).toString('base64')}`) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const port = leadsTo(authority)
    if (port === undefined) {
      client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.on('data', (piece: Buffer) => seen.push(piece))
      client.pipe(server).pipe(client)
    })
    server.on('error', () => client.destroy())
    client.on('close', () => server.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return {port: (server.address() as AddressInfo).port, targets, headers, seen, open: () => sockets.size}
}
