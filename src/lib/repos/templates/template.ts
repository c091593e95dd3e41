/** Repository creation templates as ECR tells and takes them. */
import type {RepositoryCreationTemplate} from '@aws-sdk/client-ecr'
import type {EncryptionSetting, TagMutabilitySetting} from '../../config/settings.ts'
import type {NewCreationTemplate} from '../../ecr/creation-templates-api.ts'
import type {Json} from '../../plan/canonical.ts'

/** A template, all of which is told: what it leaves open has ECR's default. */
export interface CreationTemplate {
  /** Empty for none. */
  readonly description: string
  /** In alphabetical order. */
  readonly appliedFor: readonly string[]
  readonly encryption: EncryptionSetting
  readonly tagMutability: TagMutabilitySetting
  /** Texts, as they were written; null without one. */
  readonly policy: string | null
  readonly lifecycle: string | null
  readonly tags: Readonly<Record<string, string>>
  /** ARN; null without one. */
  readonly role: string | null
  /** What this version does not know, by ECR's names; members that it knows in part are here as a whole. */
  readonly others: {readonly [member: string]: Json | undefined}
}

/** What ECR has where a template says nothing (API reference, CreateRepositoryCreationTemplate). */
export const plainTemplate: CreationTemplate = {
  description: '',
  appliedFor: [],
  encryption: {type: 'AES256'},
  tagMutability: {mode: 'MUTABLE', except: []},
  policy: null,
  lifecycle: null,
  tags: {},
  role: null,
  others: {},
}

/** `prod` and `prod/` are the same prefix (API reference, CreateRepositoryCreationTemplate). */
export function namespaceOf(prefix: string): string {
  return prefix.replace(/\/$/, '')
}

export function templateOf(template: RepositoryCreationTemplate): CreationTemplate {
  const {
    prefix: _prefix,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    description = plainTemplate.description,
    appliedFor = [],
    encryptionConfiguration,
    imageTagMutability: mode = plainTemplate.tagMutability.mode,
    imageTagMutabilityExclusionFilters: filters = [],
    repositoryPolicy,
    lifecyclePolicy,
    resourceTags = [],
    customRoleArn,
    ...unknown
  } = template
  const {encryptionType: type = plainTemplate.encryption.type, kmsKey: key = ''} =
    encryptionConfiguration ?? {}
  const strange = {
    ...(isKnown(encryptionConfiguration ?? {}, 'encryptionType', 'kmsKey') ? {} : {encryptionConfiguration}),
    ...(filters.every(each => each.filterType === 'WILDCARD' && isKnown(each, 'filter', 'filterType'))
      ? {}
      : {imageTagMutabilityExclusionFilters: filters}),
  }
  return {
    description,
    appliedFor: appliedFor.toSorted(),
    encryption: {type, ...(key === '' ? {} : {key})},
    tagMutability: {mode, except: filters.flatMap(({filter}) => filter ?? []).toSorted()},
    policy: repositoryPolicy || null,
    lifecycle: lifecyclePolicy || null,
    tags: Object.fromEntries(resourceTags.map(({Key = '', Value = ''}) => [Key, Value])),
    role: customRoleArn || null,
    others: {...unknown, ...(strange as CreationTemplate['others'])},
  }
}

function isKnown(value: object, ...names: readonly string[]): boolean {
  return Object.keys(value).every(name => names.includes(name))
}

/** Members that are known and hold what is not: whoever gives them anew takes it away. */
export function strangeMembers({others}: CreationTemplate): readonly string[] {
  return ['encryptionConfiguration', 'imageTagMutabilityExclusionFilters'].filter(name => name in others)
}

/**
 * All of a template as a request gives it, to make one or to change one. What an update leaves out stays as it is
 * (unconfirmed), so that nothing is left out; an empty text or list takes away what was there (unconfirmed: the API's model
 * lets these be empty).
 *
 * @param isNew nothing is there that would have to be taken away.
 */
export function requestOf(prefix: string, template: CreationTemplate, isNew: boolean): NewCreationTemplate {
  const {description, appliedFor, encryption, tagMutability, policy, lifecycle, tags, role, others} = template
  const {mode, except} = tagMutability
  const given = (text: string | null) => (text === null || text === '' ? (isNew ? undefined : '') : text)
  const resourceTags = Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
  const members = {
    description: given(description),
    repositoryPolicy: given(policy),
    lifecyclePolicy: given(lifecycle),
    resourceTags: isNew && resourceTags.length === 0 ? undefined : resourceTags,
    customRoleArn: role ?? undefined,
    imageTagMutabilityExclusionFilters:
      except.length === 0 ? undefined : except.map(filter => ({filter, filterType: 'WILDCARD' as const})),
  }
  return {
    ...others,
    prefix,
    appliedFor: appliedFor as NonNullable<NewCreationTemplate['appliedFor']>,
    encryptionConfiguration: {
      encryptionType: encryption.type,
      ...(encryption.key === undefined ? {} : {kmsKey: encryption.key}),
    },
    imageTagMutability: mode,
    ...Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined)),
  }
}
