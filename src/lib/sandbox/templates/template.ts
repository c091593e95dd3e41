import type {RepositoryCreationTemplate} from '../api/model/ecr.ts'
import {EcrError} from '../ecr-error.ts'
import type {Table} from '../state/table.ts'
import type {Registry} from '../state/world.ts'
import {namespaceOf, namespacesOf} from './prefix.ts'

/** A creation template as it is kept: times are milliseconds since the epoch. */
export interface Template extends Omit<RepositoryCreationTemplate, 'createdAt' | 'updatedAt'> {
  readonly prefix: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** Why ECR makes a repository by itself. */
export type Occasion = NonNullable<Template['appliedFor']>[number]

/** The templates of a registry, by namespace. */
export function templatesOf(registry: Registry): Table<Template> {
  return registry.table('creation-template')
}

/**
 * The template for a repository that is about to be made. Of those for this occasion the most specific; that a template for
 * another occasion does not stand in its way is unconfirmed.
 */
export function templateFor(
  registry: Registry,
  repositoryName: string,
  occasion: Occasion,
): Template | undefined {
  const templates = templatesOf(registry)
  for (const namespace of namespacesOf(repositoryName)) {
    const template = templates.get(namespace)
    if (template?.appliedFor?.includes(occasion)) return template
  }
  return undefined
}

/** @throws {EcrError} TemplateNotFoundException. */
export function requireTemplate(registry: Registry, prefix: string): Template {
  const template = templatesOf(registry).get(namespaceOf(prefix))
  if (template !== undefined) return template
  // The wording is unconfirmed.
  throw new EcrError(
    'TemplateNotFoundException',
    `The repository creation template with prefix '${prefix}' does not exist in the registry with id '${registry.account}'`,
  )
}
