import type {RuleChange} from './plan-model.ts'
import type {LifecyclePolicy, LifecycleRule} from './policy.ts'
import {canonicalRule} from './policy-text.ts'

/**
 * What changes from one policy to another, rule by rule: those that say the same are matched first, whatever their
 * priorities, so that a renumbering is not taken for a new policy; of the others, those of one priority.
 *
 * @param before null when there is none, as is `after`.
 * @returns by the priorities of `after`; what is removed stands where its priority was.
 */
export function diffPolicies(before: LifecyclePolicy | null, after: LifecyclePolicy | null): RuleChange[] {
  const old = new Set(before?.rules)
  const made = new Set(after?.rules)
  const changes: RuleChange[] = []
  const match = (keyOf: (rule: LifecycleRule) => string) => {
    const byKey = Map.groupBy(old, keyOf)
    for (const rule of made) {
      const twin = byKey.get(keyOf(rule))?.shift()
      if (twin === undefined) continue
      old.delete(twin)
      made.delete(rule)
      changes.push({
        kind: canonicalRule(twin) === canonicalRule(rule) ? 'same' : 'changed',
        before: twin,
        after: rule,
      })
    }
  }
  match(canonicalRule)
  match(rule => canonicalRule({...rule, rulePriority: 1}))
  match(({selection, action}) => canonicalRule({rulePriority: 1, selection, action}))
  match(({rulePriority}) => String(rulePriority))
  changes.push(...[...old].map(rule => ({kind: 'removed', before: rule, after: null}) as const))
  changes.push(...[...made].map(rule => ({kind: 'added', before: null, after: rule}) as const))
  return changes.toSorted((a, b) => priorityOf(a) - priorityOf(b))
}

function priorityOf({before, after}: RuleChange): number {
  return (after ?? before)?.rulePriority ?? 0
}
