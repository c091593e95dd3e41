import {generateKeyPairSync} from 'node:crypto'
import {subscribe, unsubscribe} from 'node:diagnostics_channel'
import {type ClientRequest, createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Duplex} from 'node:stream'
import {createSecureContext, TLSSocket} from 'node:tls'
import {isLoopback} from '../../../src/lib/oci/url-policy.ts'
import {authorityCertificate, serverCertificate} from '../../../src/lib/sandbox/proxy/certificate.ts'
import type {HostileRegistry} from '../hostile-registry.ts'

/** All that lies beyond this machine, as a proxy: one host leads to a server of a test, everything else to another. */
export interface Beyond {
  /** For `HTTPS_PROXY`. */
  readonly proxy: string
  close(): Promise<void>
}

const day = 24 * 3_600_000
const lifetime = {notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day)}
const keys = generateKeyPairSync('ec', {namedCurve: 'P-256'})
const authorityName = 'Example Networks'

/** Whom to trust for the certificate of the one host, in PEM. */
export const authority = authorityCertificate(keys, authorityName, ['example'], lifetime)

/**
 * @param host of the registry, by https on its usual port.
 * @param stranger has whatever is asked of any other host on its record; none of it leaves this machine.
 */
export async function startBeyond(
  host: string,
  registry: HostileRegistry,
  stranger: HostileRegistry,
): Promise<Beyond> {
  const secureContext = createSecureContext({
    key: keys.privateKey.export({type: 'pkcs8', format: 'pem'}),
    cert: serverCertificate(keys.publicKey, host, {keys, name: authorityName}, lifetime),
  })
  const transports = new Set<Duplex>()
  const note = (method: string, url: string): void =>
    void stranger.requests.push({method, url, headers: {}, body: Buffer.alloc(0)})

  const server = createServer()
  server.on('connect', ({url = ''}, transport, head) => {
    transports.add(transport.on('error', () => transport.destroy()))
    if (url !== `${host}:443`) {
      note('CONNECT', url)
      transport.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    transport.write('HTTP/1.1 200 Connection established\r\n\r\n')
    transport.unshift(head)
    const tunnel = new TLSSocket(transport, {isServer: true, secureContext})
    registry.accept(tunnel.on('error', () => tunnel.destroy()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  // What is not encrypted does not go by the proxy.
  const stop = (message: unknown): void => {
    const {request} = message as {readonly request: ClientRequest}
    if (request.protocol !== 'http:' || isLoopback(request.host)) return
    note(request.method, `http://${request.host}${request.path}`)
    request.destroy(new Error('stopped on its way out of this machine'))
  }
  subscribe('http.client.request.created', stop)
  return {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      unsubscribe('http.client.request.created', stop)
      for (const transport of transports) transport.destroy()
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
