import type {PullThroughCacheSetting, TagMutabilitySetting} from '../../config/settings.ts'
import {parseEcrHost} from '../../ecr/hosts.ts'
import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {isUnder, root} from './prefixes.ts'
import {upstreamOf} from './upstreams.ts'

/** Pull-through caches. */
export const pullThroughRules: readonly ReposLintRule[] = [
  {
    code: 'immutable-cache',
    severity: 'warning',
    summary: 'Tags are immutable where a pull-through cache keeps them up to date.',
    check: eachRule(immutableCache),
  },
  {
    code: 'upstream-unknown',
    severity: 'error',
    summary: 'A pull-through cache is of a host that ECR does not cache.',
    check: eachRule(upstreamUnknown),
  },
  {
    code: 'credential-missing',
    severity: 'error',
    summary: 'A pull-through cache of a registry that asks who pulls has no credential.',
    check: eachRule(credentialMissing),
  },
  {
    code: 'credential-elsewhere',
    severity: 'error',
    summary: 'The secret of a pull-through cache is of another account or region.',
    check: eachRule(credentialElsewhere),
  },
  {
    code: 'upstream-role-missing',
    severity: 'error',
    summary: "A pull-through cache of another account's ECR has no role.",
    check: eachRule(roleMissing),
  },
]

interface LintedCache {
  readonly registry: LintedRegistry
  readonly prefix: string
  readonly rule: PullThroughCacheSetting
}

function eachRule(check: (cache: LintedCache) => readonly ReposDoubt[]) {
  return ({registries}: LintedFile) =>
    registries.flatMap(registry =>
      Object.entries(registry.settings.pullThroughCache ?? {}).flatMap(([prefix, rule]) =>
        rule === null ? [] : check({registry, prefix, rule}),
      ),
    )
}

/** ECR user guide, pull-through-cache: an immutable tag is not refreshed from upstream. */
function immutableCache({registry, prefix}: LintedCache): readonly ReposDoubt[] {
  const consequence = 'a tag that has moved upstream stays what it was when it was first pulled'
  const fix = `Say tagMutability: MUTABLE for what is below ${prefix === root ? 'no other prefix' : `${prefix}/`}.`
  const repositories = [...registry.repositories].filter(
    ([name, {settings}]) =>
      // Below ROOT is what is pushed here, too.
      prefix !== root && isUnder(prefix, name) && isImmutable(settings.tagMutability),
  )
  const templates = Object.entries(registry.settings.creationTemplates ?? {}).filter(
    ([key, template]) =>
      (key === prefix || (key !== root && isUnder(prefix, key))) &&
      template?.appliedFor.includes('PULL_THROUGH_CACHE') === true &&
      isImmutable(template.tagMutability),
  )
  return [
    ...repositories.map(([name, resolved]) => ({
      at: resolved.spot('tagMutability'),
      registry: registry.label,
      repository: name,
      message: `Tags are immutable where the pull-through cache ${prefix} fills: ${consequence}.`,
      fix,
    })),
    ...templates.map(([key]) => ({
      at: registry.spot('creationTemplates', key, 'tagMutability'),
      registry: registry.label,
      message: `The pull-through cache ${prefix} makes repositories with immutable tags: ${consequence}.`,
      fix,
    })),
  ]
}

function isImmutable(mutability: TagMutabilitySetting | undefined): boolean {
  return mutability?.mode === 'IMMUTABLE' || mutability?.mode === 'IMMUTABLE_WITH_EXCLUSION'
}

function upstreamUnknown({registry, prefix, rule: {upstream, kind}}: LintedCache): readonly ReposDoubt[] {
  if (upstreamOf(upstream, kind) !== undefined) return []
  return [
    {
      at: registry.spot('pullThroughCache', prefix, 'upstream'),
      registry: registry.label,
      message: `${upstream} is no registry that ECR is known to cache.`,
      fix: 'Correct the host (Docker Hub is registry-1.docker.io), or say its kind.',
    },
  ]
}

function credentialMissing({registry, prefix, rule}: LintedCache): readonly ReposDoubt[] {
  const {upstream, kind, credential} = rule
  if (credential !== undefined || upstreamOf(upstream, kind)?.asks !== true) return []
  return [
    {
      at: registry.spot('pullThroughCache', prefix),
      registry: registry.label,
      message: `${upstream} is pulled from with credentials alone, and the rule ${prefix} has none.`,
      fix: 'Add credential: the ARN of a secret whose name begins with ecr-pullthroughcache/.',
    },
  ]
}

/** ECR user guide, pull-through-cache-creating-secret: the secret is of the account and region of the rule. */
function credentialElsewhere({registry, prefix, rule: {credential}}: LintedCache): readonly ReposDoubt[] {
  if (credential === undefined) return []
  const [, , , region, account] = credential.split(':')
  const {place, label} = registry
  if (region === place.region && account === place.account) return []
  return [
    {
      at: registry.spot('pullThroughCache', prefix, 'credential'),
      registry: label,
      message: `The secret is of ${account} in ${region}, and the registry of ${place.account} in ${place.region}: ECR refuses it.`,
      fix: `Name a secret of ${place.account} in ${place.region}; \${account} and \${region} stand for those of each registry.`,
    },
  ]
}

function roleMissing({registry, prefix, rule: {upstream, role}}: LintedCache): readonly ReposDoubt[] {
  const host = parseEcrHost(upstream)
  if (host?.kind !== 'private' || role !== undefined || host.account === registry.place.account) return []
  return [
    {
      at: registry.spot('pullThroughCache', prefix),
      registry: registry.label,
      message: `The registry of ${host.account} is pulled from with a role alone, and the rule ${prefix} has none.`,
      fix: `Add role: a role of ${registry.place.account} that may pull there.`,
    },
  ]
}
