import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {dayMs} from '../../../src/lib/lifecycle/clocks.ts'
import {type ForecastDeparture, forecast} from '../../../src/lib/lifecycle/forecast.ts'
import {judge} from '../../../src/lib/lifecycle/judge.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {cases, images, now, rules} from './arbitraries.ts'
import {type ReferenceRun, referenceRuns} from './reference.ts'

// Rules keep for 6 days at most, and images are of the last 5: what is archived is gone before these are over.
const days = 20

test('day for day, what goes is what the user guide taken word by word lets go', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(runsOf(forecast(policy, all, now, days))).toEqual(referenceRuns(policy, all, now, days))
    }),
    cases(2000),
  )
}, 120_000)

test('the forecast is what one run after the other does, in its order', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(forecast(policy, all, now, days)).toEqual(runByRun(policy, all))
    }),
    cases(2000),
  )
}, 120_000)

test('fewer days are the beginning of more', () => {
  fc.assert(
    fc.property(rules, images, fc.nat(days), (policy, all, fewer) => {
      const expected = forecast(policy, all, now, days).filter(({at}) => at <= now + fewer * dayMs)
      expect(forecast(policy, all, now, fewer)).toEqual(expected)
    }),
    cases(300),
  )
})

function runsOf(foreseen: readonly ForecastDeparture<RepositoryImage>[]): readonly ReferenceRun[] {
  return Array.from({length: days + 1}, (_, day) =>
    Object.fromEntries(
      foreseen
        .filter(({at}) => at === now + day * dayMs)
        .map(({image, fate, rule, follows}) => [
          image.digest,
          {fate, rule: rule.rulePriority, ...(follows === undefined ? {} : {follows})},
        ]),
    ),
  )
}

function runByRun(
  policy: readonly LifecycleRule[],
  all: readonly RepositoryImage[],
): readonly ForecastDeparture<RepositoryImage>[] {
  const foreseen: ForecastDeparture<RepositoryImage>[] = []
  let present = all
  for (let day = 0; day <= days; day++) {
    const at = now + day * dayMs
    const {departures} = judge(policy, present, at)
    foreseen.push(...departures.map(departure => ({...departure, at})))
    const fates = new Map(departures.map(({image, fate}) => [image.digest, fate]))
    present = present
      .filter(({digest}) => fates.get(digest) !== 'expire')
      .map(image =>
        fates.has(image.digest) ? {...image, storageClass: 'archive' as const, archivedAt: at} : image,
      )
  }
  return foreseen
}
