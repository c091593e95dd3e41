import {BlockList, isIP} from 'node:net'
import {UsageError} from '../errors.ts'
import {oneLine} from './one-line.ts'

/** A proxy that leads to other hosts by tunnels (CONNECT). */
export interface Proxy {
  /** `proxy.example:3128`, for messages. */
  readonly name: string
  /** Without the brackets of IPv6. */
  readonly hostname: string
  readonly port: number
  /** Whether the proxy itself is spoken to by TLS. */
  readonly isTls: boolean
  /** Value of `Proxy-Authorization`. A secret. */
  readonly authorization?: string
}

/** The proxy that leads to a host, undefined for a host that is reached directly. */
export type ProxyFor = (hostname: string, port: number) => Proxy | undefined

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads HTTPS_PROXY, else ALL_PROXY, and NO_PROXY, each in lower case first as curl and Go do. HTTP_PROXY is for requests
 * in the clear, of which there are none but to this machine.
 *
 * @throws {UsageError} INVALID_PROXY, without the URL, in which there may be a password.
 */
export function readProxies(env: Variables): ProxyFor {
  const name = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].find(each => env[each])
  if (name === undefined) return () => undefined
  const proxy = parseProxy(env[name]?.trim() ?? '', name)
  const isDirect = readExceptions(env['no_proxy'] || env['NO_PROXY'] || '')
  return (hostname, port) => (isDirect(bare(hostname), port) ? undefined : proxy)
}

function parseProxy(text: string, variable: string): Proxy {
  // `proxy.example:3128` is what curl and Go take as well.
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? []
  const url = URL.parse(scheme === '' ? `http://${text}` : text)
  if (url === null || url.hostname === '' || !/^\/?$/.test(url.pathname)) throw invalid(variable)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(
      'INVALID_PROXY',
      `${variable} names a proxy of the kind ${oneLine(scheme, 20)}; Gantry takes http:// and https://. Set HTTPS_PROXY to such a one.`,
    )
  }
  const isTls = url.protocol === 'https:'
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  return {
    name: `${url.hostname}:${port}`,
    hostname: bare(url.hostname),
    port,
    isTls,
    ...(url.username === '' && url.password === '' ? {} : {authorization: basic(url, variable)}),
  }
}

function basic({username, password}: URL, variable: string): string {
  try {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(login).toString('base64')}`
  } catch {
    throw invalid(variable)
  }
}

function invalid(variable: string): UsageError {
  return new UsageError(
    'INVALID_PROXY',
    `${variable} is not the URL of a proxy. Write http://[USER:PASSWORD@]HOST:PORT; characters such as @ and % in them as %40 and %25.`,
  )
}

/**
 * Hosts that are reached directly: names with all that is below them, addresses, networks (10.0.0.0/8), each with a port
 * or for all of them, or `*` for every host. There is no standard; this is what curl and Go take.
 */
function readExceptions(text: string): (host: string, port: number) => boolean {
  const entries = text
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .map(readException)
  return (host, port) => entries.some(matches => matches(host, port))
}

function readException(entry: string): (host: string, port: number) => boolean {
  if (entry === '*') return () => true
  const [, address = '', prefix = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? []
  if (isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 6 ? 128 : 32)) {
    return within(address, Number(prefix))
  }
  const [, name = entry, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  const host = bare(name)
  const isHost = isIP(host) === 0 ? below(host.replace(/^\*?\./, '')) : within(host)
  return (asked, askedPort) => isHost(asked) && (port === undefined || Number(port) === askedPort)
}

function below(domain: string): (host: string) => boolean {
  return host => host === domain || host.endsWith(`.${domain}`)
}

function within(address: string, prefix?: number): (host: string) => boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  if (prefix === undefined) list.addAddress(address, family)
  else list.addSubnet(address, prefix, family)
  return host => {
    const version = isIP(host)
    return version !== 0 && list.check(host, version === 6 ? 'ipv6' : 'ipv4')
  }
}

function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}
