import type {SecureContext} from 'node:tls'
import {readAuthorities, trusting} from './authorities.ts'
import {type ProxyFor, readProxies} from './proxy.ts'

/** How this machine reaches others by https. */
export interface Network {
  readonly proxyFor: ProxyFor
  /** The authorities to trust, undefined for those of Node.js. */
  readonly secureContext: () => SecureContext | undefined
  /** The same, with more authorities: certificates in PEM. */
  readonly with: (authorities: readonly string[]) => Network
}

/** No proxy, and the authorities that Node.js trusts. */
export const plainNetwork: Network = networkOf(() => undefined, [])

/**
 * The network as the environment describes it: proxies, and files of certificates.
 *
 * @param bundle one more such file.
 * @throws {UsageError} INVALID_PROXY, INVALID_CA_FILE.
 */
export function readNetwork(env: Readonly<Record<string, string | undefined>>, bundle?: string): Network {
  return networkOf(readProxies(env), readAuthorities(env, bundle))
}

function networkOf(proxyFor: ProxyFor, authorities: readonly string[]): Network {
  // Made when first needed, and once: it takes some ten milliseconds.
  let context: SecureContext | undefined
  return {
    proxyFor,
    secureContext: () => (authorities.length === 0 ? undefined : (context ??= trusting(authorities))),
    with: more =>
      more.length === 0 ? networkOf(proxyFor, authorities) : networkOf(proxyFor, [...authorities, ...more]),
  }
}
