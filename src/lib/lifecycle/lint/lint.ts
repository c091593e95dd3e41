import type {LifecyclePolicy, LifecycleRule} from '../policy.ts'
import type {LintFinding} from './finding.ts'
import {lintRules} from './rules.ts'
import type {LintContext, LintSubject} from './subject.ts'

/**
 * Everything that is doubtful about a policy, in the order of {@link lintRules}, and within one of them by rule.
 *
 * @param policy null where there is none.
 * @param whereOf the place of a rule; of the policy as a whole for null.
 * @param openingOf what a message about a rule begins with, where its place does not say which it is.
 */
export function lintPolicy(
  policy: LifecyclePolicy | null,
  context: LintContext,
  whereOf: (rule: LifecycleRule | null) => LintFinding['where'],
  openingOf: (rule: LifecycleRule | null) => string = () => '',
): readonly LintFinding[] {
  const rules = policy?.rules.toSorted((a, b) => a.rulePriority - b.rulePriority) ?? null
  const subject: LintSubject = {...context, rules}
  return lintRules.flatMap(({code, severity, check}) =>
    check(subject).map(doubt => ({
      code,
      severity: doubt.severity ?? severity,
      where: whereOf(doubt.rule),
      message: `${openingOf(doubt.rule)}${doubt.message}`,
      fix: doubt.fix,
      evidence: doubt.evidence ?? null,
    })),
  )
}
