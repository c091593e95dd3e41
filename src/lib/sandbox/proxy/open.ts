import type {Server} from 'node:http'
import {proxyEnvironment} from '../environment.ts'
import {bind, bounds, type Machinery, respond, urlOf} from '../server/server.ts'
import type {SandboxProxy} from '../types.ts'
import {Issuer} from './authority.ts'
import {keepAuthority} from './keep.ts'
import {ProxyServer} from './proxy-server.ts'

export interface OpenProxy {
  readonly server: Server
  readonly proxy: SandboxProxy
  /** Takes away what does not outlive the sandbox. */
  readonly release: () => Promise<void>
}

interface ProxyOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** The sandbox's data directory, if it has one. */
  readonly data: string | undefined
  /** What clients take for the time, in milliseconds since the epoch. */
  readonly now: () => number
}

/** Opens the proxy of a sandbox. @throws {UsageError} PORT_UNAVAILABLE. */
export async function openProxy(machinery: Machinery, {port, data, now}: ProxyOptions): Promise<OpenProxy> {
  const authority = await keepAuthority(data, now())
  const issuer = new Issuer(authority, now)
  try {
    const server = await bind(
      new ProxyServer(issuer, bounds, (request, response, origin) => {
        void respond(machinery, {kind: 'proxy', origin}, request, response)
      }),
      port,
    )
    const addresses = {url: urlOf(server), caFile: authority.certificateFile}
    const proxy: SandboxProxy = {
      ...addresses,
      caCertificate: authority.certificate,
      env: (account, region) => proxyEnvironment(addresses, account, region),
    }
    return {server, proxy, release: authority.release}
  } catch (error) {
    await authority.release()
    throw error
  }
}
