import {type Candidate, countTime, type Dated, isNewer} from './candidates.ts'
import {isCountRule, type LifecycleImage} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'
import type {RuleRank} from './verdict.ts'

/**
 * Tells the places of an image in all count rules that select it, by priority. What a rule selects is listed when it is
 * first asked for, and then found by halving: most callers ask about few images.
 *
 * @param candidates the newest first.
 */
export function ranksAmong<I extends LifecycleImage>(
  candidates: readonly Candidate<I>[],
): (candidate: Candidate<I>) => readonly RuleRank[] {
  const lists = new Map<LifecycleRule, Uint32Array>()
  const selectedBy = (rule: LifecycleRule) => {
    const known = lists.get(rule) ?? positionsOf(rule, candidates)
    lists.set(rule, known)
    return known
  }
  return candidate => {
    const position = placeOf(candidate, candidates)
    return candidate.rules.filter(isCountRule).map(rule => {
      const selected = selectedBy(rule)
      const newer = firstPlace(selected.length, place => (selected[place] ?? Infinity) >= position)
      return {rule, rank: newer + 1, of: selected.length}
    })
  }
}

/** Finds an image among candidates. */
export function candidateOf<I extends LifecycleImage>(
  image: I,
  candidates: readonly Candidate<I>[],
): Candidate<I> | undefined {
  const found = candidates[placeOf({image, time: countTime(image)}, candidates)]
  return found?.image.digest === image.digest ? found : undefined
}

function placeOf<I extends LifecycleImage>(wanted: Dated<I>, candidates: readonly Candidate<I>[]): number {
  return firstPlace(candidates.length, place => {
    const there = candidates[place]
    return there === undefined || !isNewer(there, wanted)
  })
}

function positionsOf<I>(rule: LifecycleRule, candidates: readonly Candidate<I>[]): Uint32Array {
  const positions: number[] = []
  candidates.forEach(({rules}, position) => {
    if (rules.includes(rule)) positions.push(position)
  })
  return Uint32Array.from(positions)
}

/** The first of so many places that passes a test which all after it pass too. */
export function firstPlace(length: number, passes: (place: number) => boolean): number {
  let [from, to] = [0, length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (passes(middle)) to = middle
    else from = middle + 1
  }
  return from
}
