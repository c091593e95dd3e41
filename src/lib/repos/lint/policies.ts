import type {Path} from '../../config/problems.ts'
import type {PolicySetting} from '../../config/settings.ts'
import {findInPolicy, oldVariables, type PolicyFinding, policyChecks} from '../iam/findings.ts'
import {desiredPolicy} from '../iam/policy.ts'
import type {LintedFile, LintedRegistry, LintedSettings} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'

/** Policies of registries, of repositories, and of what templates make. */
export const policyRules: readonly ReposLintRule[] = [
  {
    code: 'policy-too-long',
    severity: 'error',
    summary: 'A policy has more characters than ECR takes.',
    check: file => policiesOf(file).flatMap(tooLong),
  },
  ...[...policyChecks, oldVariables].map(({code, severity, summary}) => ({
    code,
    severity,
    summary,
    check: (file: LintedFile) => policiesOf(file).flatMap(policy => doubtsOf(policy, code)),
  })),
]

interface LintedPolicy {
  readonly registry: LintedRegistry
  readonly kind: 'registry' | 'repository'
  readonly policy: PolicySetting
  readonly holder: LintedSettings<unknown>
  /** Of the policy in what holds it. */
  readonly path: Path
}

/** Each policy once for each registry, however many repositories it is for. */
function policiesOf({registries}: LintedFile): readonly LintedPolicy[] {
  return registries.flatMap(registry => {
    const {policy, creationTemplates = {}} = registry.settings
    const holders = [registry.others, ...registry.repositories.values()]
    const ofRepositories = new Map(holders.map(holder => [holder.settings.policy, holder]))
    const listed = (
      kind: LintedPolicy['kind'],
      each: PolicySetting | null | undefined,
      holder: LintedSettings<unknown>,
      ...path: Path
    ): LintedPolicy[] =>
      each === null || each === undefined ? [] : [{registry, kind, policy: each, holder, path}]
    return [
      ...listed('registry', policy, registry, 'policy'),
      ...[...ofRepositories].flatMap(([each, holder]) => listed('repository', each, holder, 'policy')),
      ...Object.entries(creationTemplates).flatMap(([prefix, template]) =>
        listed('repository', template?.policy, registry, 'creationTemplates', prefix, 'policy'),
      ),
    ]
  })
}

function doubtsOf(linted: LintedPolicy, code: string): readonly ReposDoubt[] {
  const {registry, holder, path} = linted
  return findingsOf(linted)
    .filter(finding => finding.code === code)
    .map(({path: within, message, fix, severity}) => ({
      at: holder.spot(...path, ...within),
      registry: registry.label,
      message,
      fix,
      severity,
    }))
}

/** A policy is looked at once for each registry, whatever is looked for. */
function findingsOf({registry: {place}, kind, policy}: LintedPolicy): readonly PolicyFinding[] {
  const known = answers.get(policy) ?? new Map<string, readonly PolicyFinding[]>()
  answers.set(policy, known)
  const key = `${kind} ${place.account} ${place.region}`
  const findings = known.get(key) ?? findInPolicy(policy, {kind, ...place})
  known.set(key, findings)
  return findings
}

const answers = new WeakMap<PolicySetting, Map<string, readonly PolicyFinding[]>>()

/** API reference, SetRepositoryPolicy. What others have written there comes on top. */
function tooLong({registry, policy, holder, path}: LintedPolicy): readonly ReposDoubt[] {
  const {blocked} = desiredPolicy(policy, null)
  if (blocked === undefined) return []
  const [message = '', ...fix] = blocked.split(/(?<=\.) /)
  return [{at: holder.spot(...path), registry: registry.label, message, fix: fix.join(' ')}]
}
