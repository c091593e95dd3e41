import type {UpstreamRegistry} from '../api/model/ecr.ts'
import {parseHost} from '../identity/hosts.ts'

interface Kind {
  readonly registry: UpstreamRegistry
  readonly host: RegExp
  /** Whether it takes a secret with credentials. */
  readonly secret: boolean
}

// API reference, CreatePullThroughCacheRule; user guide, pull-through-cache. The host of Chainguard is unconfirmed.
const kinds: readonly Kind[] = [
  {registry: 'ecr-public', host: /^public\.ecr\.aws$/, secret: false},
  {registry: 'k8s', host: /^registry\.k8s\.io$/, secret: false},
  {registry: 'quay', host: /^quay\.io$/, secret: false},
  {registry: 'docker-hub', host: /^registry-1\.docker\.io$/, secret: true},
  {registry: 'github-container-registry', host: /^ghcr\.io$/, secret: true},
  {registry: 'gitlab-container-registry', host: /^registry\.gitlab\.com$/, secret: true},
  {registry: 'azure-container-registry', host: /^[a-z0-9-]+\.azurecr\.io$/, secret: true},
  {registry: 'chainguard', host: /^cgr\.dev$/, secret: true},
]

/** The registry that a host name belongs to; undefined for one that ECR does not cache. */
export function upstreamKindOf(host: string): Pick<Kind, 'registry' | 'secret'> | undefined {
  if (parseHost(host)?.kind === 'registry') return {registry: 'ecr', secret: false}
  return kinds.find(kind => kind.host.test(host))
}

/** The host name in an upstream URL. That a scheme and a slash at the end are taken is unconfirmed. */
export function hostOf(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/$/, '')
}
