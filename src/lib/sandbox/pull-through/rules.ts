import type {PullThroughCacheRule, UpstreamRegistry} from '../api/model/ecr.ts'
import {EcrError} from '../ecr-error.ts'
import type {Table} from '../state/table.ts'
import type {Registry} from '../state/world.ts'
import {namespaceOf, namespacesOf, root} from '../templates/prefix.ts'

/** A pull-through cache rule as it is kept: times are milliseconds since the epoch. */
export interface Rule extends Omit<PullThroughCacheRule, 'registryId' | 'createdAt' | 'updatedAt'> {
  readonly ecrRepositoryPrefix: string
  readonly upstreamRegistryUrl: string
  readonly upstreamRegistry: UpstreamRegistry
  readonly upstreamRepositoryPrefix: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** The rules of a registry, by namespace. */
export function rulesOf(registry: Registry): Table<Rule> {
  return registry.table('pull-through-cache-rule')
}

/** The rule that a repository falls under: the most specific one. */
export function ruleFor(registry: Registry, repositoryName: string): Rule | undefined {
  const rules = rulesOf(registry)
  for (const namespace of namespacesOf(repositoryName)) {
    const rule = rules.get(namespace)
    if (rule !== undefined) return rule
  }
  return undefined
}

/** @throws {EcrError} PullThroughCacheRuleNotFoundException. */
export function requireRule(registry: Registry, prefix: string): Rule {
  const rule = rulesOf(registry).get(namespaceOf(prefix))
  if (rule !== undefined) return rule
  // The wording is unconfirmed.
  throw new EcrError(
    'PullThroughCacheRuleNotFoundException',
    `The pull through cache rule with prefix '${prefix}' does not exist in the registry with id '${registry.account}'`,
  )
}

/** What a repository is called in the upstream registry (ECR user guide, pull-through-cache-creating-rule). */
export function upstreamNameOf(rule: Rule, repositoryName: string): string {
  const cached = namespaceOf(rule.ecrRepositoryPrefix)
  const upstream = namespaceOf(rule.upstreamRepositoryPrefix)
  const rest = cached === root ? repositoryName : repositoryName.slice(cached.length + 1)
  return upstream === root ? rest : `${upstream}/${rest}`
}
