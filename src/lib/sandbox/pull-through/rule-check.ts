import type {CreatePullThroughCacheRuleRequest, UpstreamRegistry} from '../api/model/ecr.ts'
import {EcrError, invalidParameter} from '../ecr-error.ts'
import {parseHost} from '../identity/hosts.ts'
import type {Registry, World} from '../state/world.ts'
import {hostOf, upstreamKindOf} from './registries.ts'
import {readSecret} from './secrets.ts'

/**
 * Holds a new rule to what ECR caches and how. Wordings are unconfirmed where no source is given.
 *
 * @returns which upstream registry it names.
 * @throws {EcrError} ValidationException, UnsupportedUpstreamRegistryException, InvalidParameterException, and what
 *   reading its secret does.
 */
export function checkRule(
  world: World,
  registry: Registry,
  rule: CreatePullThroughCacheRuleRequest,
): UpstreamRegistry {
  // ECR user guide, pull-through-cache: not in the Regions of these partitions.
  if (/^(?:cn|us-gov)-/.test(registry.region)) {
    throw new EcrError('ValidationException', `Pull through cache is not supported in ${registry.region}`)
  }
  const host = hostOf(rule.upstreamRegistryUrl)
  const kind = upstreamKindOf(host)
  if (kind === undefined || (rule.upstreamRegistry ?? kind.registry) !== kind.registry) {
    throw unsupported('The specified upstream registry is not supported')
  }
  if (kind.registry === 'ecr') checkEcr(registry, host, rule.customRoleArn)
  if (rule.credentialArn !== undefined) readSecret(world, registry, rule.credentialArn)
  // aws-controllers-k8s/community#2589
  else if (kind.secret) {
    throw unsupported(
      'The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN',
    )
  }
  return kind.registry
}

/** @throws {EcrError} InvalidParameterException for a role of another account (API reference). */
export function checkRole({account}: Registry, customRoleArn: string | undefined): void {
  if (customRoleArn === undefined || customRoleArn.includes(`:iam::${account}:role/`)) return
  throw invalidParameter('customRoleArn', 'The role must be in the same account as the registry')
}

function checkEcr({account, region}: Registry, host: string, customRoleArn: string | undefined): void {
  const upstream = parseHost(host)
  if (upstream?.kind !== 'registry') return
  if (upstream.account === account && upstream.region === region) {
    throw invalidParameter('upstreamRegistryUrl', 'A registry cannot be its own upstream')
  }
  // hashicorp/terraform-provider-aws#41933
  if (upstream.account !== account && customRoleArn === undefined) {
    throw invalidParameter('customRoleArn', 'Member must not be null')
  }
}

function unsupported(message: string): EcrError {
  return new EcrError('UnsupportedUpstreamRegistryException', message)
}
