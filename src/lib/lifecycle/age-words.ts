import {clocks, dayMs, type LifecycleImage} from './clocks.ts'
import type {CountType} from './policy.ts'

/** The moment from which a rule that goes by age measures that of an image: `never pulled, pushed 2026-11-21`. */
export function beginningInWords(countType: CountType, image: LifecycleImage): string {
  const {pushedAt, pulledAt, archivedAt, activatedAt} = image
  switch (countType) {
    case 'sinceImageTransitioned':
      return archivedAt === undefined ? 'archived on an unknown day' : `archived ${dayInWords(archivedAt)}`
    case 'sinceImagePulled': {
      const beginning = clocks.sinceImagePulled(image)
      if (beginning === pulledAt) return `last pulled ${dayInWords(pulledAt)}`
      if (beginning === activatedAt) return `restored ${dayInWords(activatedAt)} and not pulled since`
      return `never pulled, pushed ${dayInWords(pushedAt)}`
    }
    case 'imageCountMoreThan':
    case 'sinceImagePushed':
      return `pushed ${dayInWords(pushedAt)}`
  }
}

/**
 * A moment to come: `2026-12-01 (in 10 days)`.
 *
 * @param moment milliseconds since the epoch.
 */
export function dayAhead(moment: number, now: number): string {
  const days = Math.ceil((moment - now) / dayMs)
  return `${dayInWords(moment)} (${days > 0 ? `in ${daysInWords(days)}` : 'today'})`
}

export function daysInWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

/** A day, in UTC: `2026-12-01`. */
export function dayInWords(moment: number): string {
  const date = new Date(moment)
  // A rule may name more days than there are dates.
  return Number.isNaN(date.getTime()) ? 'after all dates' : (date.toISOString().split('T')[0] ?? '')
}
