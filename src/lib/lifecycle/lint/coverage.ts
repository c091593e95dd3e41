import type {Doubt, LintRule, LintSubject} from './subject.ts'
import {amount, evidenceOf} from './words.ts'

/** Places without any policy. */
export const coverageRules: readonly LintRule[] = [
  {
    code: 'no-policy',
    severity: 'warning',
    summary: 'The repository has no lifecycle policy: nothing in it ever goes.',
    check: noPolicy,
  },
  {
    code: 'no-policy-in-replica',
    severity: 'warning',
    summary: 'Replication fills the repository, and it has no lifecycle policy: replication copies none.',
    check: noPolicyInReplica,
  },
  {
    code: 'no-policy-in-template',
    severity: 'warning',
    summary: 'A repository creation template has no lifecycle policy: what it makes has none.',
    check: noPolicyInTemplate,
  },
]

function noPolicy({rules, repository}: LintSubject): readonly Doubt[] {
  if (rules !== null || repository === undefined || repository.replicatedFrom.length > 0) return []
  return [
    {
      rule: null,
      message: `There is no lifecycle policy: ${amount(repository.images.length, 'image')}, and nothing ever goes.`,
      fix: 'Give it one: lifecycle in repos.yaml, and a rule for untagged images at least.',
      evidence: evidenceOf(repository.images, {withBytes: true}),
    },
  ]
}

/** ECR user guide, replication: neither policies nor deletions are replicated. */
function noPolicyInReplica({rules, repository}: LintSubject): readonly Doubt[] {
  if (rules !== null || repository === undefined || repository.replicatedFrom.length === 0) return []
  return [
    {
      rule: null,
      message: `${repository.replicatedFrom.join(', ')} replicates into this repository, which has no lifecycle policy: what expires there stays here for ever.`,
      fix: 'Give it a policy of its own, and the creation templates of this registry one for what replication makes next.',
      evidence: evidenceOf(repository.images, {withBytes: true}),
    },
  ]
}

function noPolicyInTemplate({rules, template}: LintSubject): readonly Doubt[] {
  if (rules !== null || template === undefined) return []
  return [
    {
      rule: null,
      message: `The template has no lifecycle policy: repositories that ${template.appliedFor.join(', ')} makes from it keep everything.`,
      fix: 'Give the template a lifecyclePolicy.',
    },
  ]
}
