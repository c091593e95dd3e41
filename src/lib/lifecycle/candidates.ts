import {clocks, type LifecycleImage} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'
import {subjectsAmong} from './relations.ts'
import {tagSelector} from './tag-selection.ts'

export interface Dated<I> {
  readonly image: I
  /** What count rules order it by, in milliseconds since the epoch. */
  readonly time: number
}

/** An image that rules may select. */
export interface Candidate<I> extends Dated<I> {
  /** Those that select it, by priority. One list for all images that the same rules select. */
  readonly rules: readonly LifecycleRule[]
}

/** Tells which rules select an image by its storage class and tags, by priority. */
export type Selecting = (image: LifecycleImage) => readonly LifecycleRule[]

/** Images that take part by themselves, the newest first, and the rules that select each. */
export function candidatesOf<I extends LifecycleImage>(
  selecting: Selecting,
  images: readonly I[],
): readonly Candidate<I>[] {
  const subjects = subjectsAmong(images)
  // A referrer follows its subject; that no rule selects it by itself is unconfirmed. Without its subject it is an image
  // like any other.
  const alone = ({subject}: I) => subject === undefined || !subjects.has(subject)
  return newestFirst(
    images
      .filter(image => image.restoring !== true && alone(image))
      .map(image => candidate(selecting, image)),
  )
}

export function candidate<I extends LifecycleImage>(selecting: Selecting, image: I): Candidate<I> {
  return {image, time: countTime(image), rules: selecting(image)}
}

export const countTime = clocks.imageCountMoreThan

export function newestFirst<I extends LifecycleImage>(
  candidates: readonly Candidate<I>[],
): readonly Candidate<I>[] {
  return candidates.toSorted((a, b) => (isNewer(a, b) ? -1 : 1))
}

/** Which of two images of one moment counts as the newer is unconfirmed; the digest makes it always the same. */
export function isNewer<I extends LifecycleImage>(a: Dated<I>, b: Dated<I>): boolean {
  return a.time === b.time ? a.image.digest < b.image.digest : a.time > b.time
}

interface Selected {
  readonly rules: readonly LifecycleRule[]
  /** The list with one more rule. */
  readonly longer: Map<LifecycleRule, Selected>
}

export function selectingOf(rules: readonly LifecycleRule[]): Selecting {
  const tests = rules
    .toSorted((a, b) => a.rulePriority - b.rulePriority)
    .map(rule => ({
      rule,
      storageClass: rule.selection.storageClass ?? 'standard',
      selects: tagSelector(rule.selection),
    }))
  const none: Selected = {rules: [], longer: new Map()}
  return image => {
    let selected = none
    for (const {rule, storageClass, selects} of tests)
      if (image.storageClass === storageClass && selects(image.tags)) selected = longer(selected, rule)
    return selected.rules
  }
}

function longer(selected: Selected, rule: LifecycleRule): Selected {
  const known = selected.longer.get(rule)
  if (known !== undefined) return known
  const made = {rules: [...selected.rules, rule], longer: new Map()}
  selected.longer.set(rule, made)
  return made
}
