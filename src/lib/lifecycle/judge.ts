import type {LifecycleRule} from './policy.ts'
import type {Departure, RepositoryImage, Verdict} from './verdict.ts'

/** What a policy does to the images of a repository at a moment, and why. */
export interface Judgement<I> {
  /** At most one for an image, in the order of action: an index before what it lists, a subject before its referrers. */
  readonly departures: readonly Departure<I>[]
  /** @param image one of those that were judged. */
  verdictOf(image: I): Verdict<I>
}

/**
 * Says what a policy does to each image of a repository, and why.
 *
 * @param now milliseconds since the epoch.
 */
export function judge<I extends RepositoryImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
): Judgement<I> {
  void [rules, images, now]
  return {
    departures: [],
    verdictOf: image => ({image, fate: null, reason: {kind: 'unselected'}, ranks: [], due: null}),
  }
}
