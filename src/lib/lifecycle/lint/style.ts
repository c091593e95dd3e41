import {forEachRule} from './checks.ts'
import type {Doubt, LintRule, LintSubject} from './subject.ts'

/** What works, and makes trouble or questions later. */
export const styleRules: readonly LintRule[] = [
  {
    code: 'explicit-standard',
    severity: 'note',
    summary: 'A rule names the storage class that it has anyway.',
    // Documented as allowed, and reported as refused: github.com/cloudposse/terraform-aws-ecr/issues/159.
    check: forEachRule(({selection: {storageClass}}) =>
      storageClass === 'standard'
        ? {
            message: '"storageClass": "standard" is the default, and users have seen ECR refuse it.',
            fix: 'Leave it out.',
          }
        : undefined,
    ),
  },
  {
    code: 'no-description',
    severity: 'note',
    summary: 'Rules do not say what they are for.',
    check: noDescription,
  },
]

function noDescription({rules}: LintSubject): readonly Doubt[] {
  const silent = (rules ?? []).filter(({description = ''}) => description.trim() === '')
  const [first] = silent
  if (first === undefined) return []
  const names = silent.map(({rulePriority}) => rulePriority).join(', ')
  return [
    {
      rule: silent.length === 1 ? first : null,
      message: `${silent.length === 1 ? `Rule ${names} has` : `Rules ${names} have`} no description.`,
      fix: 'Say in "description" what the rule is for: it is shown wherever the rule acts.',
    },
  ]
}
