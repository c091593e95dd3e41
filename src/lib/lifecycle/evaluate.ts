import {type Candidate, candidatesOf, selectingOf} from './candidates.ts'
import {isCountRule, type LifecycleImage, lastKept} from './clocks.ts'
import type {Action, LifecycleRule} from './policy.ts'

/** What a policy does to an image, and the rule that does it. */
export interface Decision<I> {
  readonly image: I
  readonly rule: LifecycleRule
  readonly action: Action
}

export interface Evaluation<I> {
  /** At most one for an image; older images first, the order in which ECR acts. */
  readonly decisions: readonly Decision<I>[]
  /** The newest first. */
  readonly candidates: readonly Candidate<I>[]
}

/**
 * What a policy does to the images of one repository at a moment (ECR user guide, LifecyclePolicies): all rules look at
 * all images at once, then the highest of those that select an image decides about it alone.
 *
 * Rule 6 and 7 of that page, on indexes and referrers, are for `settle` and `follow` to say.
 *
 * @param now milliseconds since the epoch.
 */
export function evaluate<I extends LifecycleImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
): Evaluation<I> {
  const candidates = candidatesOf(selectingOf(rules), images)
  return {decisions: decide(candidates, now), candidates}
}

/**
 * The same for images whose rules are known.
 *
 * @param candidates the newest first.
 */
export function decide<I extends LifecycleImage>(
  candidates: readonly Candidate<I>[],
  now: number,
): readonly Decision<I>[] {
  const selected = new Map<LifecycleRule, number>()
  const decisions: Decision<I>[] = []
  for (const {image, rules} of candidates) {
    for (const rule of rules) if (isCountRule(rule)) selected.set(rule, (selected.get(rule) ?? 0) + 1)
    // The first rule that selects an image shields it from all others, whether it marks it or not.
    const [rule] = rules
    if (rule !== undefined && marks(rule, image, selected.get(rule) ?? 0, now))
      decisions.push({image, rule, action: rule.action})
  }
  return decisions.toReversed()
}

/** @param rank the image's place among those that the rule selects, 1 for the newest. */
function marks(rule: LifecycleRule, image: LifecycleImage, rank: number, now: number): boolean {
  return isCountRule(rule) ? rank > rule.selection.countNumber : now > lastKept(rule, image)
}
