import type {RouteDoubt} from './finding.ts'
import type {CreationTemplate, LintedRepository, LintedRoute} from './route.ts'

const root = 'ROOT'
const occasion = 'REPLICATION'

/**
 * The template by which replication makes a repository: of those for replication the one with the longest prefix, ROOT last
 * (ECR user guide, repository-creation-templates). That a template for other occasions does not stand in its way is
 * unconfirmed.
 */
export function templateFor(
  templates: readonly CreationTemplate[],
  repository: string,
): CreationTemplate | undefined {
  return fitting(templates, repository).find(({appliedFor}) => appliedFor.includes(occasion))
}

/** What a repository that is not there yet would be made like. */
export function templateDoubts(
  {destination, templates}: LintedRoute,
  {name, isThere}: LintedRepository,
): RouteDoubt[] {
  if (isThere) return []
  const template = templateFor(templates, name)
  if (template === undefined) {
    const [other] = fitting(templates, name)
    const plain = 'mutable tags, no lifecycle policy, and no policy that lets other accounts pull'
    return [
      {
        code: 'no-template',
        severity: 'warning',
        message: `No creation template of ${destination.label} is for replication: the repository is made with the defaults, ${plain}.`,
        fix:
          other === undefined
            ? 'Make a repository creation template for its prefix, or ROOT, applied for REPLICATION.'
            : `Add REPLICATION to what the template ${other.prefix} is applied for.`,
      },
    ]
  }
  const needs = [
    ...(template.hasResourceTags ? ['tags'] : []),
    ...(template.settings.encryption?.startsWith('KMS') ? ['a KMS key'] : []),
  ]
  if (needs.length === 0 || template.hasRole) return []
  return [
    {
      code: 'template-without-role',
      severity: 'error',
      message: `The template ${template.prefix} of ${destination.label} gives ${needs.join(' and ')} and has no role for that: the repository is not made.`,
      fix: 'Give the template a customRoleArn (ECR user guide, repository creation templates).',
    },
  ]
}

/** The most specific first. */
function fitting(templates: readonly CreationTemplate[], repository: string): CreationTemplate[] {
  // `prod` and `prod/` are the same prefix (ECR API, CreateRepositoryCreationTemplate).
  const rank = ({prefix}: CreationTemplate) => (prefix === root ? 0 : prefix.replace(/\/$/, '').length)
  return templates
    .filter(({prefix}) => prefix === root || repository.startsWith(`${prefix.replace(/\/$/, '')}/`))
    .toSorted((one, other) => rank(other) - rank(one))
}
