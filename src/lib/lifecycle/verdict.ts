import type {LifecycleImage} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'

/** An image and, where it is an index, what it lists. */
export interface RepositoryImage extends LifecycleImage {
  readonly children?: readonly string[]
}

export type Fate = 'expire' | 'archive'

/** Something that happens to an image when the policy runs. */
export interface Departure<I> {
  readonly image: I
  readonly fate: Fate
  /** The rule that does it; for what follows another image (a referrer), the rule that acts on that. */
  readonly rule: LifecycleRule
  /** Digest of the image that this one follows; absent when the rule acts on the image itself. */
  readonly follows?: string
}

/** The place of an image among those that a count rule selects. */
export interface RuleRank {
  readonly rule: LifecycleRule
  /** 1 is the newest. */
  readonly rank: number
  /** How many the rule selects. */
  readonly of: number
}

/** Why an image goes or stays. Times are milliseconds since the epoch. */
export type Reason =
  /** The rule selects the image and marks it. */
  | {readonly kind: 'marked'; readonly rule: LifecycleRule}
  /** The rule selects the image, leaves it alone, and keeps all others from it. */
  | {readonly kind: 'shielded'; readonly rule: LifecycleRule}
  /** No rule selects the image. */
  | {readonly kind: 'unselected'}
  /** The rule marks the image, or the subject that it would follow, but these indexes list it, and they stay. */
  | {
      readonly kind: 'listed'
      readonly rule: LifecycleRule
      readonly indexes: readonly string[]
      /** Digest of what it would follow; absent when the rule marks the image itself. */
      readonly subject?: string
    }
  /** It refers to another image and shares its fate. */
  | {readonly kind: 'follows'; readonly subject: string}
  /** It is being restored from the archive. */
  | {readonly kind: 'restoring'}

/** What happens to one image, and why. */
export interface Verdict<I> {
  readonly image: I
  /** Null for one that stays. */
  readonly fate: Fate | null
  readonly reason: Reason
  /** Its places in all count rules that select it, by priority. */
  readonly ranks: readonly RuleRank[]
  /**
   * When the rule that decides about it acts on it by age, unless something changes before; null when it does not go by
   * its age. In the past for one that goes now.
   */
  readonly due: number | null
}
