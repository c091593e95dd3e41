import {EcrError, invalidParameter} from '../ecr-error.ts'
import {checkPolicy} from '../lifecycle/policy-check.ts'
import {requireRoom} from '../state/quotas.ts'
import {tagMutabilityOf} from '../state/tag-mutability.ts'
import type {World} from '../state/world.ts'
import {namespaceOf} from '../templates/prefix.ts'
import {requireTemplate, type Template, templatesOf} from '../templates/template.ts'
import type {RepositoryCreationTemplate} from './model/ecr.ts'
import {type Call, type EcrHandlers, registryOf, seconds} from './operation.ts'
import {page, refusePaging} from './pages.ts'
import {readPolicy} from './policy-text.ts'

export const creationTemplateOperations = {
  CreateRepositoryCreationTemplate: (call, input) => {
    const registry = registryOf(call)
    const templates = templatesOf(registry)
    if (templates.has(namespaceOf(input.prefix))) {
      // The wording is unconfirmed.
      throw new EcrError(
        'TemplateAlreadyExistsException',
        `The repository creation template with prefix '${input.prefix}' already exists in the registry with id '${registry.account}'`,
      )
    }
    const present = [...templates.from()].length
    requireRoom(present, call.world.quotas.creationTemplates, 'repository creation templates')
    return answer(call, put(call, {...input, createdAt: call.now(), updatedAt: call.now()}))
  },

  DescribeRepositoryCreationTemplates: (call, input) => {
    const registry = registryOf(call)
    const {account: registryId} = registry
    if (input.prefixes !== undefined) {
      refusePaging(input, 'prefixes')
      // That prefixes without a template are left out is unconfirmed; the model has no error for them.
      const named = input.prefixes.flatMap(prefix => templatesOf(registry).get(namespaceOf(prefix)) ?? [])
      return {registryId, repositoryCreationTemplates: named.map(describe)}
    }
    const {items, ...next} = page(call, registryId, input, from => templatesOf(registry).from(from))
    return {registryId, repositoryCreationTemplates: items.map(describe), ...next}
  },

  /** Leaves as it was what is not given (unconfirmed). */
  UpdateRepositoryCreationTemplate: (call, input) => {
    const {imageTagMutabilityExclusionFilters: filters, ...before} = requireTemplate(
      registryOf(call),
      input.prefix,
    )
    // New mutability comes with filters of its own, or none.
    const kept = input.imageTagMutability === undefined && filters !== undefined
    return answer(
      call,
      put(call, {
        ...before,
        ...(kept ? {imageTagMutabilityExclusionFilters: filters} : {}),
        ...input,
        prefix: before.prefix,
        updatedAt: call.now(),
      }),
    )
  },

  DeleteRepositoryCreationTemplate: (call, {prefix}) => {
    const template = requireTemplate(registryOf(call), prefix)
    templatesOf(registryOf(call)).delete(namespaceOf(prefix))
    return answer(call, template)
  },
} satisfies Partial<EcrHandlers>

function put(call: Call, template: Template): Template {
  checkSettings(call.world, template)
  templatesOf(registryOf(call)).set(namespaceOf(template.prefix), template)
  return template
}

// Policies are held to what those of a repository are; that ECR does so before a repository is made is unconfirmed.
function checkSettings(world: World, template: Template): void {
  const {repositoryPolicy, lifecyclePolicy, appliedFor = []} = template
  if (appliedFor.length === 0) {
    throw invalidParameter('appliedFor', 'Member must have length greater than or equal to 1')
  }
  tagMutabilityOf(
    template.imageTagMutability ?? 'MUTABLE',
    template.imageTagMutabilityExclusionFilters?.map(({filter}) => filter),
  )
  // An empty text takes a policy away.
  if (repositoryPolicy) readPolicy(world, repositoryPolicy, 'repository')
  if (lifecyclePolicy) checkPolicy(lifecyclePolicy)
}

function answer(call: Call, template: Template) {
  return {registryId: registryOf(call).account, repositoryCreationTemplate: describe(template)}
}

function describe({createdAt, updatedAt, ...template}: Template): RepositoryCreationTemplate {
  return {...template, createdAt: seconds(createdAt), updatedAt: seconds(updatedAt)}
}
