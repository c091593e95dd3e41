import {parseEcrHost} from '../../ecr/hosts.ts'

/** A registry that ECR caches. */
interface Upstream {
  /** As ECR calls it (API reference, UpstreamRegistry). */
  readonly kind: string
  readonly host: RegExp
  /** Whether it is pulled from with credentials alone. */
  readonly asks: boolean
}

/** ECR user guide, pull-through-cache-creating-rule; the host and the credentials of Chainguard are unconfirmed. */
const upstreams: readonly Upstream[] = [
  {kind: 'ecr-public', host: /^public\.ecr\.aws$/, asks: false},
  {kind: 'k8s', host: /^registry\.k8s\.io$/, asks: false},
  {kind: 'quay', host: /^quay\.io$/, asks: false},
  {kind: 'docker-hub', host: /^registry-1\.docker\.io$/, asks: true},
  {kind: 'github-container-registry', host: /^ghcr\.io$/, asks: true},
  {kind: 'gitlab-container-registry', host: /^registry\.gitlab\.com$/, asks: true},
  {kind: 'azure-container-registry', host: /^[a-z0-9-]+\.azurecr\.io$/, asks: true},
  {kind: 'chainguard', host: /^cgr\.dev$/, asks: true},
]

/** What is known of a host, or of the kind that the file says; undefined for what ECR is not known to cache. */
export function upstreamOf(
  host: string,
  kind: string | undefined,
): Pick<Upstream, 'kind' | 'asks'> | undefined {
  if (kind === 'ecr' || (kind === undefined && parseEcrHost(host)?.kind === 'private'))
    return {kind: 'ecr', asks: false}
  return upstreams.find(each => (kind === undefined ? each.host.test(host) : each.kind === kind))
}
