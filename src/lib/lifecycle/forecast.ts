import {Agenda} from './agenda.ts'
import {dayMs} from './clocks.ts'
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
  const agenda = new Agenda(standing.candidates, now, days)
  const foreseen: ForecastDeparture<I>[] = []
  for (let day = 0; day <= days; day++) {
    const at = now + day * dayMs
    const {departures} = standing.run(agenda.decisionsOn(day))
    for (const departure of departures) foreseen.push({...departure, at})
    agenda.ran(day, departures, standing.carryOut(departures, at))
  }
  return foreseen
}
