import {UsageError} from '../errors.ts'
import {oneLine} from './one-line.ts'

/**
 * Registries whose token service is known to be on another host, by the host that serves the registry. Of all others
 * (GHCR, Quay, Google, Azure, Harbor, Artifactory, ECR Public) it is on the registry's own.
 */
const known: ReadonlyMap<string, string> = new Map([
  // Docker's documentation, Registry API, authentication: auth.docker.io/token.
  ['registry-1.docker.io', 'auth.docker.io'],
  // gitlab.com/jwt/auth: deitch/docker_registry2#14, and GitLab's documentation of its container registry.
  ['registry.gitlab.com', 'gitlab.com'],
  // DigitalOcean's API: api.digitalocean.com/v2/registry/auth.
  ['registry.digitalocean.com', 'api.digitalocean.com'],
])

/** Alibaba Cloud has one for each region: dockerauth.cn-hangzhou.aliyuncs.com of registry.cn-hangzhou.aliyuncs.com. */
const alibaba = /^registry\.([a-z]{2,}-[a-z0-9-]+)\.aliyuncs\.com$/

/** Hosts that may be shown the credentials of a registry, besides its own. */
export function knownTokenHosts(registryHost: string): readonly string[] {
  const region = alibaba.exec(registryHost)?.[1]
  const host = region === undefined ? known.get(registryHost) : `dockerauth.${region}.aliyuncs.com`
  return host === undefined ? [] : [host]
}

/**
 * Reads `REGISTRY=TOKENHOST,…`: what the user says about token services on other hosts, by registry.
 *
 * @throws {UsageError} INVALID_TOKEN_HOSTS.
 */
export function parseTokenHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, readonly string[]>()
  for (const pair of text.split(',').filter(part => part.trim() !== '')) {
    const [registry, tokenHost, ...more] = pair.trim().toLowerCase().split('=')
    if (!isHost(registry) || !isHost(tokenHost) || more.length > 0) {
      throw new UsageError(
        'INVALID_TOKEN_HOSTS',
        `GANTRY_TOKEN_HOSTS: "${oneLine(pair, 80)}" is not REGISTRY=HOST, such as registry.example.com=gitlab.example.com.`,
      )
    }
    hosts.set(registry, [...(hosts.get(registry) ?? []), new URL(`https://${tokenHost}`).host])
  }
  return hosts
}

function isHost(text: string | undefined): text is string {
  const url = text === undefined ? null : URL.parse(`https://${text}`)
  return url !== null && /^[^/?#@\\]+$/.test(text ?? '')
}
