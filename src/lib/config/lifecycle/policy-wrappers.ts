/** Texts that hold a lifecycle policy without being one, told apart so that one line says what to do. */
import {mappingOf} from '../check-parts.ts'
import {type Document, type Entry, entryAt} from '../document.ts'
import {type Problem, positionAt, show} from '../problems.ts'

const policyText = 'Keep the policy alone: {"rules": [...]}.'

/** What other tools call the place where they keep a policy, and how to have it from there. */
const wrappers: Readonly<Record<string, string>> = {
  lifecyclePolicyText:
    'this is an answer of ECR around the policy. Ask for the policy alone: --query lifecyclePolicyText --output text.',
  LifecyclePolicyText: `this is the LifecyclePolicy of CloudFormation. ${policyText}`,
  LifecyclePolicy: `these are properties of CloudFormation. ${policyText}`,
  Resources: `this is a template of CloudFormation. ${policyText}`,
  resource: `this is a configuration of Terraform. ${policyText}`,
  policy: `this is the policy of a resource of Terraform. ${policyText}`,
  lifecyclePolicy: `"lifecyclePolicy" stands around the policy. ${policyText}`,
}

/** Keys that a repos.yaml has, two of them at the least. */
const reposKeys = [
  'version',
  'accounts',
  'promotions',
  'defaults',
  'presets',
  'match',
  'repositories',
  'prices',
]
const reposYaml =
  'this is a repos.yaml, which says the policies of many repositories. Give it with --config, or put the rules of one policy into a file.'

/** What a document is that has no `rules`, when that can be told. */
export function findWrapper({data, root}: Document): Problem | undefined {
  const at = (entry: Entry, text: string, code: string): Problem => ({
    position: entry.key,
    path: [],
    text,
    code,
  })
  if (Array.isArray(data) && data.length > 0 && data.every(isRule)) {
    return at(root, 'this is a list of rules. Put it below "rules:".', 'bare-list')
  }
  if (isRule(data)) return at(root, 'this is one rule. Put it into a list below "rules:".', 'bare-rule')
  if (typeof data === 'string' && data.trimStart().startsWith('{')) {
    return at(root, 'the policy stands in quotes, as one text. Take the quotes off.', 'wrapped-policy')
  }
  if (data === null) return at(root, `this is null, and no policy. Write {"rules": [...]}.`, 'null-value')
  const mapping = mappingOf(data)
  if ('rules' in mapping) return undefined
  if (reposKeys.filter(key => key in mapping).length > 1) return at(root, reposYaml, 'wrapped-policy')
  for (const [key, text] of Object.entries(wrappers)) {
    const entry = entryAt(root, [key])
    if (entry !== undefined && isHolder(mapping[key])) return at(entry, text, 'wrapped-policy')
  }
  return undefined
}

/** Terraform's own language, which is no YAML, or YAML by chance. */
export function findTerraform(text: string): Problem | undefined {
  const found = /\baws_ecr_lifecycle_policy\b|\bjsonencode\s*\(/.exec(text)
  if (found === null) return undefined
  const what = `this is Terraform (${show(found[0])}). ${policyText}`
  return {position: positionAt(text, found.index), path: [], text: what, code: 'wrapped-policy'}
}

/** A tag of CloudFormation (`!Sub`) leaves nothing of the value that it stands before. */
function isHolder(value: unknown): boolean {
  return value === undefined || typeof value === 'string' || (typeof value === 'object' && value !== null)
}

function isRule(value: unknown): boolean {
  const rule = mappingOf(value)
  return !('rules' in rule) && ('rulePriority' in rule || 'selection' in rule)
}
