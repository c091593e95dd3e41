/** What can be said of selectors and their patterns without any image. */
import type {ImageSelector} from '../config/lifecycle/readable.ts'
import {matchesTag} from '../config/match.ts'

export function patternsOf(selector: ImageSelector): readonly string[] {
  return selector.kind === 'tagged' ? selector.patterns : []
}

/** The same for selectors of the same images, written in another order. */
export function keyOf(selector: ImageSelector): string {
  return JSON.stringify([selector.kind, ...new Set(patternsOf(selector))].toSorted())
}

/** Whether every tag that `narrow` matches is one that `wide` matches: a wildcard of `narrow` falls into one of `wide`. */
export function covers(wide: string, narrow: string): boolean {
  return matchesTag(wide, narrow)
}

/** Whether one tag can match both. Takes time in proportion to the product of their lengths. */
export function intersect(a: string, b: string): boolean {
  // For each end of `b`: whether it can match what the end of `a` looked at matches.
  let after = Array.from({length: b.length + 1}, (_, j) => /^\**$/.test(b.slice(j)))
  for (let i = a.length - 1; i >= 0; i--) {
    const row = Array.from({length: b.length + 1}, () => false)
    for (let j = b.length; j >= 0; j--) {
      const skipA = a[i] === '*' && ((after[j] ?? false) || (row[j + 1] ?? false))
      const skipB = b[j] === '*' && ((row[j + 1] ?? false) || (after[j] ?? false))
      const both = j < b.length && a[i] === b[j] && (after[j + 1] ?? false)
      row[j] = skipA || skipB || both
    }
    after = row
  }
  return after[0] ?? false
}
