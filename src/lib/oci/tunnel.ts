import {type ClientRequest, request as httpRequest, type IncomingMessage} from 'node:http'
import {type AgentOptions, Agent as HttpsAgent, type RequestOptions} from 'node:https'
import {connect as connectPlain, isIP, type Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {connect as connectTls, type SecureContext} from 'node:tls'
import {isUntrusted} from './certificate-trouble.ts'
import type {Network} from './network.ts'
import type {Proxy} from './proxy.ts'
import {NetworkError} from './registry-error.ts'

type Created = (error: Error | null, socket: Duplex) => void

/**
 * Connections by https, through the network's proxy where it has one for the host. Node.js has agents that do so from
 * 22.21 and 24.5 on; older ones would go past the proxy without a word, and all read NO_PROXY more narrowly than curl.
 */
export class TunnelAgent extends HttpsAgent {
  readonly #network: Network
  readonly #connectMs: number
  readonly #underWay = new Set<Duplex>()

  /** @param connectMs for all of it: to the proxy, through it, and TLS with the host. */
  constructor(pool: AgentOptions, network: Network, connectMs: number) {
    super(pool)
    this.#network = network
    this.#connectMs = connectMs
  }

  override createConnection(asked: RequestOptions, callback?: Created): Duplex | null | undefined {
    const options = {...asked, ...this.#trusting()}
    const {host, port} = options
    const proxy = this.#network.proxyFor(host ?? 'localhost', Number(port ?? 443))
    if (proxy === undefined || callback === undefined) return super.createConnection(options, callback)
    void this.#tell(callback, this.#tunnel(proxy, options))
    return undefined
  }

  override destroy(): void {
    super.destroy()
    for (const socket of this.#underWay) socket.destroy()
  }

  async #tunnel(proxy: Proxy, options: RequestOptions): Promise<Duplex> {
    const transport = this.#reach(proxy)
    this.#underWay.add(transport)
    const timer = setTimeout(() => {
      const message = `the proxy ${proxy.name} gave no connection within ${this.#connectMs / 1000} s`
      transport.destroy(new NetworkError(message, {code: 'PROXY_UNAVAILABLE'}))
    }, this.#connectMs)
    try {
      await askForTunnel(transport, proxy, options)
      return await this.#secure(transport, options)
    } catch (error) {
      transport.destroy()
      throw error
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(transport)
    }
  }

  async #tell(callback: Created, tunnel: Promise<Duplex>): Promise<void> {
    try {
      callback(null, await tunnel)
    } catch (error) {
      // With an error nobody looks for a socket, which the type asks for all the same.
      ;(callback as (error: unknown) => void)(error)
    }
  }

  /** Always checked: NODE_TLS_REJECT_UNAUTHORIZED=0 in some job's environment would show registries' logins to anybody. */
  #trusting(): {readonly rejectUnauthorized: true; readonly secureContext?: SecureContext} {
    const secureContext = this.#network.secureContext()
    return {rejectUnauthorized: true, ...(secureContext === undefined ? {} : {secureContext})}
  }

  #reach({hostname, port, isTls}: Proxy): Socket {
    if (!isTls) return connectPlain({host: hostname, port})
    return connectTls({
      host: hostname,
      port,
      // An address is no name to ask for (RFC 6066, section 3).
      ...(isIP(hostname) === 0 ? {servername: hostname} : {}),
      ALPNProtocols: ['http/1.1'],
      ...this.#trusting(),
    })
  }

  #secure(transport: Socket, options: RequestOptions): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const inner: RequestOptions & {socket: Socket} = {...options, socket: transport}
      const socket = super.createConnection(inner)
      if (!socket) throw new TypeError('an https agent gives its connection at once')
      transport.once('error', reject)
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        transport.off('error', reject)
        socket.off('error', reject)
        transport.on('error', () => undefined)
        resolve(socket)
      })
    })
  }
}

/** Asks the proxy for a tunnel (RFC 9110, section 9.3.6). */
function askForTunnel(transport: Socket, proxy: Proxy, {host, port}: RequestOptions): Promise<void> {
  const name = host ?? 'localhost'
  const target = `${isIP(name) === 6 ? `[${name}]` : name}:${port ?? 443}`
  return new Promise((resolve, reject) => {
    const {authorization} = proxy
    const request: ClientRequest = httpRequest({
      createConnection: () => transport,
      method: 'CONNECT',
      path: target,
      headers: {
        Host: target,
        'User-Agent': 'gantry',
        ...(authorization === undefined ? {} : {'Proxy-Authorization': authorization}),
      },
    })
    request.once('connect', (response, _socket, head) => {
      const refusal = refusalOf(response, proxy)
      if (refusal !== undefined) return reject(refusal)
      if (head.length > 0) transport.unshift(head)
      resolve()
    })
    request.once('response', response =>
      reject(refusalOf(response, proxy) ?? failed(proxy, 'it did not tunnel')),
    )
    request.on('error', error => reject(toProxyError(error, proxy)))
    request.end()
  })
}

function refusalOf({statusCode = 0}: IncomingMessage, proxy: Proxy): NetworkError | undefined {
  if (statusCode >= 200 && statusCode < 300) return undefined
  if (statusCode === 407) {
    const why =
      proxy.authorization === undefined
        ? 'wants a user and a password in HTTPS_PROXY'
        : 'does not take the user and password in HTTPS_PROXY'
    return new NetworkError(`the proxy ${proxy.name} ${why} (407)`, {code: 'PROXY_REFUSED'})
  }
  return statusCode >= 500
    ? failed(proxy, `it answered ${statusCode}`)
    : new NetworkError(`the proxy ${proxy.name} refused to connect (${statusCode})`, {code: 'PROXY_REFUSED'})
}

function toProxyError(error: Error, proxy: Proxy): NetworkError {
  if (error instanceof NetworkError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const message = `the proxy ${proxy.name}: ${error.message}`
  if (isUntrusted(code)) return new NetworkError(message, {code, cause: error})
  if (proxy.isTls && (code === 'EPROTO' || code.startsWith('ERR_SSL_'))) {
    const problem = `the proxy ${proxy.name} speaks no TLS: write http:// for https:// in HTTPS_PROXY`
    return new NetworkError(problem, {code: 'PROXY_REFUSED', cause: error})
  }
  return new NetworkError(message, {
    code: code === 'ENOTFOUND' ? 'PROXY_NOT_FOUND' : 'PROXY_UNAVAILABLE',
    cause: error,
  })
}

function failed(proxy: Proxy, problem: string): NetworkError {
  return new NetworkError(`the proxy ${proxy.name} gave no connection: ${problem}`, {
    code: 'PROXY_UNAVAILABLE',
  })
}
