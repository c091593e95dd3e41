import type {CreationTemplateSetting} from '../../config/settings.ts'
import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'

/** Repository creation templates. */
export const templateRules: readonly ReposLintRule[] = [
  {
    code: 'template-without-role',
    severity: 'error',
    summary: 'A creation template has tags or a KMS key and no role, so that nothing is made from it.',
    check: eachTemplate(withoutRole),
  },
  {
    code: 'template-without-lifecycle',
    severity: 'note',
    summary: 'What a creation template makes has no lifecycle policy.',
    check: eachTemplate(withoutLifecycle),
  },
]

interface LintedTemplate {
  readonly registry: LintedRegistry
  readonly prefix: string
  readonly template: CreationTemplateSetting
}

function eachTemplate(check: (template: LintedTemplate) => readonly ReposDoubt[]) {
  return ({registries}: LintedFile) =>
    registries.flatMap(registry =>
      Object.entries(registry.settings.creationTemplates ?? {}).flatMap(([prefix, template]) =>
        template === null ? [] : check({registry, prefix, template}),
      ),
    )
}

/** ECR user guide, repository-creation-templates: the role is required with tags or KMS, else creations fail. */
function withoutRole({registry, prefix, template}: LintedTemplate): readonly ReposDoubt[] {
  const {role, tags = {}, encryption} = template
  const hasTags = Object.values(tags).some(value => value !== null)
  const hasKey = encryption !== undefined && encryption.type !== 'AES256'
  if (role !== undefined || !(hasTags || hasKey)) return []
  return [
    {
      at: registry.spot('creationTemplates', prefix),
      registry: registry.label,
      message: `The template ${prefix} has ${hasTags ? 'tags' : 'a KMS key'} and no role: no repository can be made from it.`,
      fix: 'Add role: the ARN of a role that ECR may assume, with ecr:CreateRepository, ecr:TagResource and the key.',
    },
  ]
}

function withoutLifecycle({registry, prefix, template}: LintedTemplate): readonly ReposDoubt[] {
  const {lifecycle, appliedFor} = template
  if (lifecycle !== undefined && lifecycle.value !== null) return []
  return [
    {
      at: registry.spot('creationTemplates', prefix),
      registry: registry.label,
      message: `What ${appliedFor.join(', ')} makes from the template ${prefix} has no lifecycle policy: nothing in it ever goes.`,
      fix: 'Add lifecycle to the template.',
    },
  ]
}
