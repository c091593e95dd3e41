import type {CreationTemplateSetting, EncryptionSetting} from '../../config/settings.ts'
import {policyOfSetting} from '../../lifecycle/desired.ts'
import {printPolicy} from '../../lifecycle/policy-text.ts'
import {policyFault} from '../iam/document.ts'
import {desiredPolicy} from '../iam/policy.ts'
import type {Wanted, Where} from '../resource.ts'
import {encryption} from '../resources/encryption.ts'
import {tagMutability} from '../resources/tag-mutability.ts'
import {tags} from '../resources/tags.ts'
import {diffLifecycles, diffTemplates, lifecycleFault} from './diff.ts'
import {type CreationTemplate, plainTemplate, strangeMembers} from './template.ts'

/**
 * What a template is to be. Its policies are the file's as a whole, for nobody but who writes the template writes them; tags
 * that the file does not name stay.
 */
export function desiredTemplate(
  setting: CreationTemplateSetting,
  live: CreationTemplate | null,
  where: Where,
): Wanted<CreationTemplate> {
  const before = live ?? plainTemplate
  const doubt = doubtOf(setting, before, where)
  if (doubt !== undefined) return {state: live, foreign: [], notes: [], blocked: doubt}
  const wanted = {
    encryption: desiredEncryption(setting.encryption, before.encryption, where),
    tagMutability: setting.tagMutability && tagMutability.desired(setting.tagMutability, null, where),
    policy:
      setting.policy === undefined
        ? undefined
        : desiredPolicy(setting.policy && {...setting.policy, exclusive: true}, before.policy),
    tags: setting.tags && tags.desired(setting.tags, before.tags, where),
  }
  const state = {
    ...before,
    description: setting.description ?? before.description,
    appliedFor: [...new Set(setting.appliedFor)].toSorted(),
    encryption: wanted.encryption.state ?? before.encryption,
    tagMutability: wanted.tagMutability?.state ?? before.tagMutability,
    policy: wanted.policy === undefined ? before.policy : wanted.policy.state,
    lifecycle: desiredLifecycle(setting, before.lifecycle, where),
    tags: wanted.tags?.state ?? before.tags,
    role: setting.role ?? before.role,
  }
  const blocked = wanted.policy?.blocked ?? strangeKey(state) ?? strangeParts(live, state, where)
  const notes = Object.values(wanted).flatMap(part => part?.notes ?? [])
  return {
    state,
    foreign: wanted.tags?.foreign.map(tag => `tag ${tag}`) ?? [],
    notes: [...notes, ...missingRole(state)],
    ...(blocked !== undefined && {blocked}),
  }
}

/** That of a template may change, unlike that of a repository; which names mean one key is as hard to tell. */
function desiredEncryption(
  setting: EncryptionSetting | undefined,
  live: EncryptionSetting,
  where: Where,
): Wanted<EncryptionSetting> {
  if (setting === undefined) return {state: live, foreign: [], notes: []}
  const {blocked: _, ...wanted} = encryption.desired(setting, live, where)
  return wanted
}

function desiredLifecycle(
  {lifecycle: setting}: CreationTemplateSetting,
  live: string | null,
  {estate}: Where,
): string | null {
  if (setting === undefined) return live
  const placed = policyOfSetting(estate, setting)
  const text = placed.kind === 'none' ? null : printPolicy(placed.policy)
  return diffLifecycles(live, text).length === 0 ? live : text
}

/** Why a policy that the file would replace is left. */
function doubtOf(
  setting: CreationTemplateSetting,
  {policy, lifecycle}: CreationTemplate,
  {registry}: Where,
): string | undefined {
  const place = `${registry.label}: the creation template`
  const replaced = setting.policy === undefined ? null : policy
  const fault = replaced === null ? undefined : policyFault(replaced)
  const doubt =
    fault === undefined
      ? setting.lifecycle && lifecycle !== null && lifecycleFault(lifecycle, place)
      : `${place}: its repository policy at ECR is not understood: ${fault}.`
  return doubt ? `${doubt} Look at it in ECR, or use a newer Gantry; it is left as it is.` : undefined
}

/** An update gives all of a template. */
function strangeParts(
  live: CreationTemplate | null,
  state: CreationTemplate,
  {registry}: Where,
): string | undefined {
  if (live === null || diffTemplates(live, state).length === 0) return undefined
  const [member] = strangeMembers(live)
  if (member === undefined) return undefined
  return `${registry.label}: the creation template has what this version does not know in its ${member}. Look at it in ECR, or use a newer Gantry; it is left as it is.`
}

/** API reference, EncryptionConfigurationForRepositoryCreationTemplate. */
function strangeKey({encryption: {key}}: CreationTemplate): string | undefined {
  if (key === undefined || /^arn:[^:]+:kms:[^:]+:\d{12}:key\//.test(key)) return undefined
  return `ECR takes the key of a creation template as an ARN alone: write arn:aws:kms:REGION:ACCOUNT:key/ID instead of ${key}.`
}

/** ECR user guide, repository-creation-templates: without the role no repository is made. */
function missingRole({tags, encryption: {type}, role}: CreationTemplate): readonly string[] {
  const needs = [
    ...(Object.keys(tags).length > 0 ? ['tags'] : []),
    ...(type.startsWith('KMS') ? ['a KMS key'] : []),
  ]
  if (role !== null || needs.length === 0) return []
  return [
    `The template gives ${needs.join(' and ')} and has no role for that: ECR makes no repository with it.`,
  ]
}
