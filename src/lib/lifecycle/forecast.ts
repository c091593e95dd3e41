import {dayMs, isCountRule, lastKept} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'
import {Standing} from './standing.ts'
import type {Departure, RepositoryImage} from './verdict.ts'

/** Something that a policy does, and the run that does it. */
export type ForecastDeparture<I> = Departure<I> & {
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * What a policy does within some days, in daily runs of which the first is now and the last `days` later. Each finds what the
 * one before left: what an index lists may go a day after it, and what was archived may expire, which makes two departures.
 *
 * Nothing else is foreseen: no pushes, so that rules which count images act on the repository as it is, and no pulls or
 * restorations.
 *
 * @param images all of the repository, each digest once.
 * @param now milliseconds since the epoch.
 * @returns the earliest first, those of a run in its order. A second departure speaks of the image as it then is.
 */
export function forecast<I extends RepositoryImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
  days: number,
): readonly ForecastDeparture<I>[] {
  const standing = new Standing(rules, images)
  const foreseen: ForecastDeparture<I>[] = []
  for (let day = 0; day <= days; ) {
    const at = now + day * dayMs
    const {departures} = standing.runAt(at)
    for (const departure of departures) foreseen.push({...departure, at})
    standing.carryOut(departures, at)
    day = departures.length > 0 ? day + 1 : dayAfter(nextChange(standing, at), now)
  }
  return foreseen
}

/** When, after a run that changed nothing, the next one may: only time passes, so a rule that goes by age must mark more. */
function nextChange<I extends RepositoryImage>({candidates}: Standing<I>, at: number): number {
  return candidates.reduce((next, {image, rules: [rule]}) => {
    if (rule === undefined || isCountRule(rule)) return next
    const change = lastKept(rule, image)
    return change >= at ? Math.min(next, change) : next
  }, Infinity)
}

/** The first day, counted from now, whose run is after a moment. */
function dayAfter(moment: number, now: number): number {
  return Math.floor((moment - now) / dayMs) + 1
}
