import {parseHost} from '../identity/hosts.ts'
import type {Services} from '../services.ts'
import type {Registry} from '../state/world.ts'
import {EcrUpstream} from './ecr-upstream.ts'
import {HttpUpstream} from './http-upstream.ts'
import {hostOf} from './registries.ts'
import type {Rule} from './rules.ts'
import {readSecret} from './secrets.ts'
import {type Upstream, UpstreamError} from './upstream.ts'

/**
 * The upstream registry of a rule: another one of the sandbox, or what stands for it on this machine.
 *
 * @throws {UpstreamError} UpstreamUnavailable where nothing does: the sandbox never reaches the network.
 * @throws {EcrError} for a secret that cannot be read.
 */
export function openUpstream(services: Services, registry: Registry, rule: Rule): Upstream {
  const host = hostOf(rule.upstreamRegistryUrl)
  const addressed = parseHost(host)
  if (addressed?.kind === 'registry') {
    const upstream = services.world.registry(addressed.account, addressed.region)
    return new EcrUpstream(services, upstream, registry, rule.customRoleArn)
  }
  const {credentialArn} = rule
  const secret = credentialArn === undefined ? undefined : readSecret(services.world, registry, credentialArn)
  const origin = services.upstreams.get(host)
  if (origin !== undefined) return new HttpUpstream(origin, secret)
  throw new UpstreamError(
    'UpstreamUnavailable',
    `The upstream registry ${host} is unavailable: no registry on this machine was given for it.`,
  )
}
