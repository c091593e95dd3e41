import {BlockList, isIP} from 'node:net'
import {RefusalError, UsageError} from '../errors.ts'
import {oneLine} from './one-line.ts'
import {knownTokenHosts} from './token-hosts.ts'

/**
 * Where requests for one registry may go. URLs are logical: what the user, the Host header and the credentials mean;
 * {@link UrlPolicy.address} says where the socket goes.
 */
export interface UrlPolicy {
  /** The origin that the registry's credentials belong to: scheme, host and port, exactly. */
  readonly registry: URL
  /** Whether the registry is on this machine, which alone may be left for other loopback addresses and plain http. */
  readonly isLocal: boolean
  /** Where to connect for a logical URL. */
  address(url: URL): URL
  isRegistry(url: URL): boolean
  /** The target of a redirect. @throws {RefusalError} REDIRECT_REFUSED */
  redirect(from: URL, location: string): URL
  /** A URL that has to stay on the registry, such as an upload's. @throws {RefusalError} LOCATION_REFUSED */
  stay(from: URL, location: string, what: string): URL
  /**
   * A token service that the registry names.
   *
   * @param tokenHosts hosts, with their ports, that may see the credentials besides the registry and those known to be
   *   its own; undefined when none are shown to anybody.
   * @throws {RefusalError} REALM_REFUSED
   */
  realm(text: string, tokenHosts: readonly string[] | undefined): URL
}

/** The address that a logical origin is reached at, undefined for the origin itself. */
export type Connect = (origin: URL) => URL | undefined

/**
 * The origin of a registry's host name. Docker Hub is served under another name than its own. Plain http is for this
 * machine, and for hosts that the user has said it of.
 *
 * @throws {UsageError} INVALID_HOST.
 */
export function registryOrigin(host: string, plainHttp?: boolean): URL {
  const served = host === 'docker.io' ? 'registry-1.docker.io' : host
  const url = URL.canParse(`https://${served}/`) ? new URL(`https://${served}/`) : undefined
  if (
    url === undefined ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== '' ||
    url.hash !== ''
  ) {
    throw new UsageError(
      'INVALID_HOST',
      `"${oneLine(host)}" is not a registry host. Write HOST or HOST:PORT.`,
    )
  }
  // The scheme is part of the parsing: https with port 80 or http with port 443 must keep their ports.
  return (plainHttp ?? isLoopback(url.hostname)) ? new URL(`http://${served}/`) : url
}

/** @throws {UsageError} INSECURE_ENDPOINT when `connect` would send the registry's traffic over a network in the clear. */
export function createUrlPolicy(registry: URL, connect: Connect = () => undefined): UrlPolicy {
  const address = (url: URL): URL => {
    const override = connect(new URL(url.origin))
    if (override === undefined) return url
    if (override.protocol !== 'https:' && !isLoopback(override.hostname)) {
      throw new UsageError(
        'INSECURE_ENDPOINT',
        `${override.origin} is neither https nor on this machine. Refused.`,
      )
    }
    return new URL(url.pathname + url.search, override)
  }
  const registryAddress = address(registry)
  const isLocal = isLoopback(registryAddress.hostname)
  const isOverridden = registryAddress.origin !== registry.origin

  const resolve = (from: URL, location: string): URL | undefined => {
    if (!URL.canParse(location, from)) return undefined
    const url = new URL(location, from)
    if (url.username !== '' || url.password !== '') return undefined
    url.hash = ''
    // A local stand-in answers over plain http under the registry's name, so it may write that scheme.
    const isStandIn = isOverridden && url.protocol === 'http:' && url.hostname === registry.hostname
    return isStandIn ? new URL(url.pathname + url.search, registry) : url
  }
  const isAllowed = (url: URL): boolean => {
    if (isLocal && isLoopback(url.hostname)) return url.protocol === 'http:' || url.protocol === 'https:'
    return url.protocol === 'https:' && !isInside(url.hostname)
  }
  const isRegistry = (url: URL): boolean => url.origin === registry.origin

  return {
    registry,
    isLocal,
    address,
    isRegistry,
    redirect(from, location) {
      const url = resolve(from, location)
      if (url !== undefined && (isRegistry(url) || isAllowed(url))) return url
      throw new RefusalError(
        'REDIRECT_REFUSED',
        `${from.host} answered with a redirect to ${shown(url, location)}. Refused: ${reason(url)}.`,
      )
    },
    stay(from, location, what) {
      const url = resolve(from, location)
      if (url !== undefined && isRegistry(url)) return url
      throw new RefusalError(
        'LOCATION_REFUSED',
        `${from.host} answered with ${what} ${shown(url, location)}, which leaves the registry. Refused.`,
      )
    },
    realm(text, tokenHosts) {
      const url = URL.canParse(text) ? resolve(registry, text) : undefined
      if (url === undefined || !(isRegistry(url) || isAllowed(url))) {
        const why = reason(url)
        throw new RefusalError(
          'REALM_REFUSED',
          `${registry.host} asks for a token of ${shown(url, text)}. Realm not allowed: ${why}.`,
        )
      }
      const known = [...knownTokenHosts(registry.host), ...(tokenHosts ?? [])]
      if (tokenHosts !== undefined && !isRegistry(url) && !known.includes(url.host)) {
        throw new RefusalError(
          'REALM_REFUSED',
          `${registry.host} asks to send its credentials to ${url.host}, another host. Realm not allowed; ` +
            `if that is its token service, set GANTRY_TOKEN_HOSTS=${registry.host}=${url.host}.`,
        )
      }
      return url
    },
  }
}

/** A URL for messages: no query, where signatures and tokens are, and no user. */
export function redacted(url: URL): string {
  return oneLine(`${url.origin === 'null' ? url.protocol : url.origin}${url.pathname}`)
}

function shown(url: URL | undefined, text: string): string {
  return url === undefined
    ? oneLine(text.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//'), 100)
    : redacted(url)
}

function reason(url: URL | undefined): string {
  if (url === undefined) return 'not a plain URL'
  return url.protocol === 'https:' ? 'an address inside this network' : 'not https'
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Addresses that a server elsewhere has no reason to name: this host, private, shared, link-local, multicast, reserved. */
const inside = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, prefix)
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, prefix, 'ipv6')
}

/** Whether a URL's host name means this machine. */
export function isLoopback(hostname: string): boolean {
  const name = bare(hostname)
  return name === 'localhost' || name.endsWith('.localhost') || listed(loopback, name)
}

function isInside(hostname: string): boolean {
  return isLoopback(hostname) || listed(inside, bare(hostname))
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$|\.$/g, '')
}

function listed(list: BlockList, name: string): boolean {
  const version = isIP(name)
  return version !== 0 && list.check(name, version === 6 ? 'ipv6' : 'ipv4')
}
