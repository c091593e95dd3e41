import type {RepositoryInventory} from '../ecr/inventory/model.ts'
import type {DesiredPolicy, PolicyChange} from './plan-model.ts'
import type {LifecyclePolicy, LifecycleRule} from './policy.ts'
import {diffPolicies} from './policy-diff.ts'
import {printPolicy, samePolicy} from './policy-text.ts'
import {policyOfEcr} from './read-policy.ts'

/** A repository's policy as it is and as it will be. */
export interface PolicyPair {
  readonly change: PolicyChange
  /** Rules as they are; empty without a policy. */
  readonly today: readonly LifecycleRule[]
  /** Rules as they will be; the same as `today` when nothing changes. */
  readonly next: readonly LifecycleRule[]
}

/**
 * What is to become of a repository's policy.
 *
 * @throws {RefusalError} UNKNOWN_POLICY when this version does not understand the policy that is there.
 */
export function policyPair(
  {registry, name, policy: text}: Pick<RepositoryInventory, 'registry' | 'name' | 'policy'>,
  desired: DesiredPolicy,
): PolicyPair {
  const today = text === null ? null : policyOfEcr(text, `${registry.label}/${name}`)
  const next = nextOf(desired, today)
  const rules = diffPolicies(today, next)
  const origin = desired.kind === 'unmanaged' ? null : desired.origin
  const kind = desired.kind === 'unmanaged' ? 'unmanaged' : kindOf(today, next)
  const isSame = kind === 'unmanaged' || kind === 'none'
  return {
    change: {
      kind,
      before: text,
      after: isSame ? text : next && printPolicy(next),
      rules,
      origin,
    },
    today: today?.rules ?? [],
    next: (isSame ? today : next)?.rules ?? [],
  }
}

/** Whether a rule, of today or to come, counts pulls: then reading manifests may delay it (unconfirmed). */
export function countsPulls({today, next}: PolicyPair): boolean {
  return [...today, ...next].some(({selection}) => selection.countType === 'sinceImagePulled')
}

function nextOf(desired: DesiredPolicy, today: LifecyclePolicy | null): LifecyclePolicy | null {
  if (desired.kind === 'unmanaged') return today
  return desired.kind === 'none' ? null : desired.policy
}

function kindOf(today: LifecyclePolicy | null, next: LifecyclePolicy | null): 'none' | 'put' | 'delete' {
  if (next === null) return today === null ? 'none' : 'delete'
  return today !== null && samePolicy(today, next) ? 'none' : 'put'
}
