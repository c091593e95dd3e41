import {clocks, type LifecycleImage} from './clocks.ts'
import type {Action, CountType, LifecycleRule} from './policy.ts'
import {tagSelector} from './tag-selection.ts'

/** What a policy does to an image, and the rule that does it. */
export interface Decision<I> {
  readonly image: I
  readonly rule: LifecycleRule
  readonly action: Action
}

/** What one rule makes of all images, before other rules have their say. */
export interface RuleOutcome {
  readonly rule: LifecycleRule
  /**
   * For each image, in the order given: 0 when the rule does not select it, else its place among those that it selects,
   * 1 for the newest by the rule's clock.
   */
  readonly ranks: Uint32Array
  /** How many places, from 1 on, the rule leaves alone; it marks those after. */
  readonly spared: number
}

export interface Evaluation<I> {
  /** At most one for an image; older images first, the order in which ECR acts. */
  readonly decisions: readonly Decision<I>[]
  /** By priority. The first rule that selects an image shields it from all others, whether it marks it or not. */
  readonly outcomes: readonly RuleOutcome[]
}

interface Candidate<I> {
  readonly image: I
  readonly position: number
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * What a policy does to the images of one repository at a moment (ECR user guide, LifecyclePolicies): all rules look at
 * all images at once, then the highest of those that select an image decides about it alone.
 *
 * Rule 6 and 7 of that page, on indexes and referrers, are for {@link settle} to say.
 *
 * @param now milliseconds since the epoch.
 */
export function evaluate<I extends LifecycleImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
): Evaluation<I> {
  const candidates = selectable(images)
  const newestFirst = new Map<CountType, readonly Candidate<I>[]>()
  const ordered = (countType: CountType) => {
    const known = newestFirst.get(countType) ?? sortNewestFirst(candidates, countType)
    newestFirst.set(countType, known)
    return known
  }
  const outcomes = rules
    .toSorted((a, b) => a.rulePriority - b.rulePriority)
    .map(rule => apply(rule, ordered(rule.selection.countType), images.length, now))
  const decisions = ordered('imageCountMoreThan')
    .toReversed()
    .flatMap(({image, position}) => decide(image, position, outcomes))
  return {decisions, outcomes}
}

// A referrer follows its subject; that no rule selects it by itself is unconfirmed. Without its subject it is an image
// like any other.
function selectable<I extends LifecycleImage>(images: readonly I[]): readonly Candidate<I>[] {
  const digests = new Set(images.map(({digest}) => digest))
  return images.flatMap((image, position) =>
    image.subject !== undefined && digests.has(image.subject) ? [] : [{image, position}],
  )
}

function sortNewestFirst<I extends LifecycleImage>(
  candidates: readonly Candidate<I>[],
  countType: CountType,
): readonly Candidate<I>[] {
  const clock = clocks[countType]
  return candidates.toSorted(({image: a}, {image: b}) => {
    const [timeA, timeB] = [clock(a), clock(b)]
    if (timeA !== timeB) return timeA > timeB ? -1 : 1
    // Which of two images of one moment counts as the newer is unconfirmed; the digest makes it always the same.
    return a.digest < b.digest ? -1 : 1
  })
}

function apply<I extends LifecycleImage>(
  rule: LifecycleRule,
  newestFirst: readonly Candidate<I>[],
  size: number,
  now: number,
): RuleOutcome {
  const {countType, countNumber, storageClass = 'standard'} = rule.selection
  const selects = tagSelector(rule.selection)
  const clock = clocks[countType]
  const ranks = new Uint32Array(size)
  let selected = 0
  let spared = 0
  for (const {image, position} of newestFirst) {
    if (image.storageClass !== storageClass || !selects(image.tags)) continue
    selected += 1
    ranks[position] = selected
    // An age of exactly that many days is not more (user guide, lifecycle_policy_examples; the boundary is unconfirmed).
    const keeps =
      countType === 'imageCountMoreThan' ? selected <= countNumber : now - clock(image) <= countNumber * dayMs
    if (keeps) spared = selected
  }
  return {rule, ranks, spared}
}

function decide<I>(image: I, position: number, outcomes: readonly RuleOutcome[]): readonly Decision<I>[] {
  for (const {rule, ranks, spared} of outcomes) {
    const rank = ranks[position] ?? 0
    if (rank === 0) continue
    return rank > spared ? [{image, rule, action: rule.action}] : []
  }
  return []
}
