import {type Candidate, isNewer} from './candidates.ts'
import type {LifecycleImage} from './clocks.ts'
import {firstPlace} from './ranks.ts'

/**
 * Which images a count rule keeps, while some that it selects leave and others join. The oldest of those that it keeps is
 * remembered, and moves by one with each change, so that nothing is counted again.
 */
export class KeptByCount<I extends LifecycleImage> {
  readonly #most: number
  readonly #oldestFirst: Candidate<I>[]
  readonly #gone = new Set<Candidate<I>>()
  #kept: number
  /** Place of the oldest that is kept. Those before it are marked or gone; while there is room, none is marked. */
  #oldest: number

  /**
   * @param most how many the rule keeps.
   * @param oldestFirst all that it selects. Changes from now on.
   */
  constructor(most: number, oldestFirst: Candidate<I>[]) {
    this.#most = most
    this.#oldestFirst = oldestFirst
    this.#kept = Math.min(most, oldestFirst.length)
    this.#oldest = oldestFirst.length - this.#kept
  }

  /** Whether the rule marks an image that it selects. */
  marks(candidate: Candidate<I>): boolean {
    const oldest = this.#oldestFirst[this.#oldest]
    return oldest === undefined || isNewer(oldest, candidate)
  }

  leave(candidate: Candidate<I>): void {
    const wasKept = !this.marks(candidate)
    this.#gone.add(candidate)
    if (!wasKept) return
    let next = this.#oldest - 1
    while (next >= 0 && this.#isGone(next)) next--
    if (next < 0) this.#kept--
    this.#oldest = Math.max(next, 0)
  }

  /** @returns what the rule marks now and did not before: the one that joins, or the oldest of the others. */
  join(candidate: Candidate<I>): Candidate<I> | undefined {
    const place = firstPlace(this.#oldestFirst.length, at => {
      const there = this.#oldestFirst[at]
      return there !== undefined && isNewer(there, candidate)
    })
    this.#oldestFirst.splice(place, 0, candidate)
    if (place < this.#oldest) {
      this.#oldest++
      return candidate
    }
    if (this.#kept < this.#most) {
      this.#kept++
      return undefined
    }
    while (this.#isGone(this.#oldest)) this.#oldest++
    return this.#oldestFirst[this.#oldest++]
  }

  #isGone(place: number): boolean {
    const there = this.#oldestFirst[place]
    return there !== undefined && this.#gone.has(there)
  }
}
