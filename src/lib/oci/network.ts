import type {SecureContext} from 'node:tls'
import {readAuthorities, trusting} from './authorities.ts'
import {authoritiesOf, certsFolders} from './certs-folders.ts'
import {type ProxyFor, readProxies} from './proxy.ts'

/** How this machine reaches others by https. */
export interface Network {
  readonly proxyFor: ProxyFor
  /** The authorities to trust, undefined for those of Node.js. */
  readonly secureContext: () => SecureContext | undefined
  /** The same, with more authorities: certificates in PEM. */
  readonly with: (authorities: readonly string[]) => Network
  /**
   * The same for one registry (host, with port), whose own authorities docker and podman know.
   *
   * @throws {UsageError} INVALID_CA_FILE.
   */
  readonly forRegistry: (host: string) => Network
}

/** No proxy, and the authorities that Node.js trusts. */
export const plainNetwork: Network = networkOf(() => undefined, [], [])

/**
 * The network as the environment describes it: proxies, and files of certificates.
 *
 * @param files.bundle one more such file.
 * @param files.home where docker and podman keep the authorities of single registries for the user; without it none of
 *   theirs is looked for.
 * @throws {UsageError} INVALID_PROXY, INVALID_CA_FILE.
 */
export function readNetwork(
  env: Readonly<Record<string, string | undefined>>,
  {bundle, home}: {readonly bundle?: string | undefined; readonly home?: string | undefined} = {},
): Network {
  const folders = home === undefined ? [] : certsFolders(env, home)
  return networkOf(readProxies(env), readAuthorities(env, bundle), folders)
}

function networkOf(proxyFor: ProxyFor, authorities: readonly string[], folders: readonly string[]): Network {
  // Made when first needed, and once: it takes some fifty milliseconds.
  let context: SecureContext | undefined
  const network: Network = {
    proxyFor,
    secureContext: () => (authorities.length === 0 ? undefined : (context ??= trusting(authorities))),
    with: more => (more.length === 0 ? network : networkOf(proxyFor, [...authorities, ...more], folders)),
    forRegistry: host => network.with(authoritiesOf(host, folders)),
  }
  return network
}
