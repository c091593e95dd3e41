import {type Candidate, countTime, type Dated, isNewer} from './candidates.ts'
import {isCountRule, type LifecycleImage} from './clocks.ts'
import type {LifecycleRule} from './policy.ts'
import type {RuleRank} from './verdict.ts'

/** Finds images among candidates, and their places in the count rules that select them. */
export class Ranking<I extends LifecycleImage> {
  readonly #candidates: readonly Candidate<I>[]
  /** Those of the candidates, side by side: halving goes through few of them and through no object. */
  readonly #times: Float64Array
  /** The positions of what a rule selects, listed when first asked for: most callers ask about few images. */
  readonly #selected = new Map<LifecycleRule, Uint32Array>()

  /** @param candidates the newest first. */
  constructor(candidates: readonly Candidate<I>[]) {
    this.#candidates = candidates
    this.#times = Float64Array.from(candidates, ({time}) => time)
  }

  candidateOf(image: I): Candidate<I> | undefined {
    const found = this.#candidates[this.#positionOf({image, time: countTime(image)})]
    return found?.image.digest === image.digest ? found : undefined
  }

  /** The places of an image in all count rules that select it, by priority. */
  ranksOf(candidate: Candidate<I>): readonly RuleRank[] {
    const rules = candidate.rules.filter(isCountRule)
    if (rules.length === 0) return []
    const position = this.#positionOf(candidate)
    return rules.map(rule => {
      const selected = this.#selectedBy(rule)
      const newer = firstPlace(selected.length, place => (selected[place] ?? Infinity) >= position)
      return {rule, rank: newer + 1, of: selected.length}
    })
  }

  #positionOf(wanted: Dated<I>): number {
    return firstPlace(this.#times.length, place => {
      const time = this.#times[place]
      if (time !== wanted.time) return time === undefined || time < wanted.time
      const there = this.#candidates[place]
      return there === undefined || !isNewer(there, wanted)
    })
  }

  #selectedBy(rule: LifecycleRule): Uint32Array {
    const known = this.#selected.get(rule) ?? positionsOf(rule, this.#candidates)
    this.#selected.set(rule, known)
    return known
  }
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
