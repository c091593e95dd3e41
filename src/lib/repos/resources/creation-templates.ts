import type {CreationTemplateSetting} from '../../config/settings.ts'
import {policyOfEcr} from '../../lifecycle/read-policy.ts'
import {policyFault} from '../iam/document.ts'
import {exportWhole} from '../iam/policy.ts'
import type {RegistryResource, Where} from '../resource.ts'
import {desiredTemplate} from '../templates/desired.ts'
import {diffTemplates, lifecycleFault} from '../templates/diff.ts'
import {
  type CreationTemplate,
  namespaceOf,
  requestOf,
  strangeMembers,
  templateOf,
} from '../templates/template.ts'
import {lifecycle} from './lifecycle.ts'
import {tags} from './tags.ts'

/**
 * What repositories are made like that nobody made: those of pull-through caches, of replication and of pushes. By prefix;
 * what ECR calls `prod` and the file `prod/` is one.
 */
export const creationTemplates: RegistryResource<CreationTemplateSetting, CreationTemplate> = {
  key: 'creationTemplates',
  title: 'repository creation template',
  isKeyed: true,
  verbs: ['create-creation-template', 'update-creation-template', 'delete-creation-template'],
  fields: {
    ...fieldsOf('CreateRepositoryCreationTemplate'),
    ...fieldsOf('UpdateRepositoryCreationTemplate'),
    'DeleteRepositoryCreationTemplate.prefix': 'creationTemplates.*',
  },
  async read({at}, keys = []) {
    const found = new Map<string, CreationTemplate>()
    for await (const page of at.api.registry.creationTemplates()) {
      for (const template of page) {
        const namespace = namespaceOf(template.prefix ?? '')
        const named = keys.filter(key => namespaceOf(key) === namespace)
        for (const key of named.length === 0 ? [namespace] : named) found.set(key, templateOf(template))
      }
    }
    return found
  },
  desired(setting, live, where) {
    return setting === null ? {state: null, foreign: [], notes: []} : desiredTemplate(setting, live, where)
  },
  diff: diffTemplates,
  async apply(mutations, {place: {at}, entry, live, wanted}) {
    if (wanted === null) await mutations.deleteCreationTemplate(at, entry)
    else if (live === null) await mutations.createCreationTemplate(at, requestOf(entry, wanted, true))
    else await mutations.updateCreationTemplate(at, requestOf(entry, wanted, false))
  },
  export: exportTemplate,
}

function fieldsOf(operation: string): Readonly<Record<string, string>> {
  const members = {
    prefix: '',
    description: '.description',
    appliedFor: '.appliedFor',
    'encryptionConfiguration.encryptionType': '.encryption.type',
    'encryptionConfiguration.kmsKey': '.encryption.key',
    imageTagMutability: '.tagMutability.mode',
    'imageTagMutabilityExclusionFilters.filter': '.tagMutability.except',
    repositoryPolicy: '.policy',
    lifecyclePolicy: '.lifecycle',
    'resourceTags.Key': '.tags.*',
    'resourceTags.Value': '.tags.*',
    customRoleArn: '.role',
  }
  return Object.fromEntries(
    Object.entries(members).map(([member, key]) => [`${operation}.${member}`, `creationTemplates.*${key}`]),
  )
}

/** Without policies that are not understood: what the file does not name stays. */
function exportTemplate(live: CreationTemplate, where: Where): CreationTemplateSetting {
  const {description, appliedFor, encryption, tagMutability, policy, role} = live
  const isClear = policy !== null && policyFault(policy) === undefined
  const exportedPolicy = isClear ? exportWhole(policy) : undefined
  const exportedTags = tags.export(live.tags, where)
  return {
    ...(description === '' ? {} : {description}),
    appliedFor: appliedFor as CreationTemplateSetting['appliedFor'],
    encryption,
    ...(strangeMembers(live).includes('imageTagMutabilityExclusionFilters') ? {} : {tagMutability}),
    ...(exportedPolicy === undefined ? {} : {policy: exportedPolicy}),
    ...lifecycleSetting(live, where),
    ...(exportedTags === undefined ? {} : {tags: exportedTags}),
    ...(role === null ? {} : {role}),
  }
}

function lifecycleSetting(
  {lifecycle: text}: CreationTemplate,
  where: Where,
): Pick<CreationTemplateSetting, 'lifecycle'> {
  if (text === null || lifecycleFault(text, '') !== undefined) return {}
  const setting = lifecycle.export(policyOfEcr(text, where.registry.label), where)
  return setting === undefined ? {} : {lifecycle: setting}
}
