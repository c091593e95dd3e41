import type {OpenRegistries, OpenRegistry} from '../../ecr/inventory/registries.ts'
import {replicatedHosts} from '../../ecr/replication.ts'
import {policyOfEcr} from '../read-policy.ts'
import type {LintFinding} from './finding.ts'
import {lintPolicy} from './lint.ts'
import type {LintContext} from './subject.ts'

/** Labels of the registries that replicate a repository into the registry of a host. */
export type Replication = (host: string, repository: string) => readonly string[]

/**
 * Which of the open registries replicate into which. ECR tells the rules of a registry to its own account alone.
 *
 * @throws {DeniedError} when a registry does not tell its rules: then nothing can be said.
 */
export async function readReplication({registries, repositories}: OpenRegistries): Promise<Replication> {
  const sources = await Promise.all(
    registries.map(async ({registry, api}) => ({
      registry,
      rules: await api.registry.replicationRules(),
      names: new Set(repositories.filter(({at}) => at.registry.host === registry.host).map(({name}) => name)),
    })),
  )
  return (host, repository) =>
    sources
      .filter(
        ({registry, rules, names}) =>
          registry.host !== host &&
          names.has(repository) &&
          replicatedHosts(rules, repository, [host]).length > 0,
      )
      .map(({registry}) => registry.label)
}

/** What is doubtful about the repository creation templates of a registry. */
export async function lintTemplates(
  {registry, api}: OpenRegistry,
  context: LintContext,
): Promise<readonly LintFinding[]> {
  const findings: LintFinding[] = []
  for await (const page of api.registry.creationTemplates()) {
    for (const {prefix = '', lifecyclePolicy, appliedFor = []} of page) {
      const where = `${registry.label}: the template ${prefix}`
      const policy = lifecyclePolicy === undefined ? null : policyOfEcr(lifecyclePolicy, where)
      const place = {registry: registry.label, repository: null, template: prefix, origin: null}
      const template = {appliedFor}
      findings.push(
        ...lintPolicy(policy, {...context, template}, rule => ({
          ...place,
          rulePriority: rule?.rulePriority ?? null,
        })),
      )
    }
  }
  return findings
}
