/** What is doubtful about a policy, by itself. */
import type {Path} from '../../config/problems.ts'
import type {PolicySetting} from '../../config/settings.ts'
import type {Severity} from '../../lifecycle/lint/finding.ts'
import {defaultVersion, hasVariable} from './canonical.ts'
import {actionChecks} from './checks/actions.ts'
import {checkedStatement, type Doubt, type PolicyCheck, type PolicyPlace} from './checks/check.ts'
import {principalChecks} from './checks/principals.ts'
import {resourceChecks} from './checks/resources.ts'
import type {Statement} from './document.ts'
import {pathsOf} from './names.ts'

export type {PolicyCheck, PolicyPlace}

/** Something that is doubtful about a policy. */
export interface PolicyFinding extends Doubt {
  readonly code: string
  readonly severity: Severity
  /** The statement within the policy: `['statements', 'OrgPull']`. */
  readonly path: Path
}

/** Everything that is looked for in each statement. */
export const policyChecks: readonly PolicyCheck[] = [...principalChecks, ...actionChecks, ...resourceChecks]

/** What is looked for in a policy as a whole. */
export const oldVariables = {
  code: 'variable-in-old-version',
  severity: 'error',
  summary: 'A policy of the version 2008-10-17 has a variable of IAM, which is plain text there.',
} as const

/** What is doubtful about a policy of repos.yaml, presets and all, by the order of its statements. Pure. */
export function findInPolicy(policy: PolicySetting, place: PolicyPlace): readonly PolicyFinding[] {
  const all = (policy.statements ?? []) as readonly Statement[]
  const statements = all.filter(({state}) => state === undefined)
  const paths = pathsOf(statements)
  return statements.flatMap((statement, index) => {
    const path = paths[index] ?? []
    const checked = checkedStatement(statement)
    const found = policyChecks.flatMap(({code, severity, check}) =>
      check(checked, place).map(doubt => ({code, severity, path, ...doubt})),
    )
    return hasOldVariable(policy, statement) ? [...found, oldVariable(path, checked.name)] : found
  })
}

/** IAM user guide, "IAM policy elements: Variables and tags". */
function hasOldVariable({version}: PolicySetting, statement: Statement): boolean {
  return version === defaultVersion && hasVariable(statement)
}

function oldVariable(path: Path, name: string): PolicyFinding {
  const {code, severity} = oldVariables
  return {
    code,
    severity,
    path,
    message: `${name} has a variable of IAM, which is plain text in the version 2008-10-17.`,
    fix: 'Say version: "2012-10-17".',
  }
}
