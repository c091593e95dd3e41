import {type Candidate, newestFirst} from './candidates.ts'
import {dayMs, isCountRule, lastKept} from './clocks.ts'
import type {Decision} from './evaluate.ts'
import {KeptByCount} from './kept-by-count.ts'
import type {LifecycleRule} from './policy.ts'
import type {Departure, RepositoryImage} from './verdict.ts'

/**
 * What each of many daily runs has to look at: images that the rules mark since the run before, and marked ones that an
 * index kept, once that index may let go. A day on which neither happens costs nothing, however many images there are.
 */
export class Agenda<I extends RepositoryImage> {
  readonly #start: number
  /** Whom to look at on which day; an image may stand there in vain. */
  readonly #days: Candidate<I>[][]
  readonly #counts = new Map<LifecycleRule, KeptByCount<I>>()
  /** Those looked at that have not gone, by digest. */
  readonly #waiting = new Map<string, Candidate<I>>()

  /**
   * @param candidates the newest first.
   * @param start the first run, in milliseconds since the epoch.
   * @param days from the first run to the last.
   */
  constructor(candidates: readonly Candidate<I>[], start: number, days: number) {
    this.#start = start
    this.#days = Array.from({length: days + 1}, () => [])
    for (const [rule, selected] of selectedByCount(candidates))
      this.#counts.set(rule, new KeptByCount(rule.selection.countNumber, selected))
    for (const candidate of candidates) this.#await(candidate, 0)
  }

  /**
   * What a run decides anew, as `decide` would have it: older images first. Left out is what an index kept in the run
   * before and keeps in this one, too.
   */
  decisionsOn(day: number): readonly Decision<I>[] {
    const at = this.#start + day * dayMs
    const marked = new Set<Candidate<I>>()
    const asked = [...(this.#days[day] ?? [])]
    // Grows while it is walked.
    for (const candidate of asked) {
      if (marked.has(candidate) || !this.#isMarked(candidate, at)) continue
      marked.add(candidate)
      asked.push(...this.#waitingFor(candidate.image))
    }
    for (const candidate of marked) this.#waiting.set(candidate.image.digest, candidate)
    return newestFirst([...marked])
      .toReversed()
      .flatMap(({image, rules: [rule]}) => (rule === undefined ? [] : {image, rule, action: rule.action}))
  }

  /**
   * Takes note of what a run did.
   *
   * @param joining images that take part by themselves from now on.
   */
  ran(day: number, departures: readonly Departure<I>[], joining: readonly Candidate<I>[]): void {
    for (const {image, follows} of departures) {
      const candidate = this.#waiting.get(image.digest)
      if (candidate !== undefined) this.#leave(candidate)
      // What goes by itself lets go of what it lists in the same run, what follows another only after it.
      if (follows !== undefined) this.#days[day + 1]?.push(...this.#waitingFor(image))
    }
    for (const candidate of joining) this.#join(candidate, day + 1)
  }

  #leave(candidate: Candidate<I>): void {
    this.#waiting.delete(candidate.image.digest)
    for (const rule of candidate.rules) this.#counts.get(rule)?.leave(candidate)
  }

  /** @param day the first on which it takes part. */
  #join(candidate: Candidate<I>, day: number): void {
    for (const rule of candidate.rules.filter(isCountRule)) {
      const marked = this.#countOf(rule).join(candidate)
      if (marked !== undefined) this.#days[day]?.push(marked)
    }
    this.#await(candidate, day)
  }

  #await(candidate: Candidate<I>, day: number): void {
    const [rule] = candidate.rules
    if (rule === undefined) return
    if (!isCountRule(rule)) {
      const due = dayAfter(lastKept(rule, candidate.image), this.#start)
      this.#days[Math.max(day, due)]?.push(candidate)
    } else if (this.#countOf(rule).marks(candidate)) this.#days[day]?.push(candidate)
  }

  #isMarked(candidate: Candidate<I>, at: number): boolean {
    const {image, rules} = candidate
    const [rule] = rules
    if (rule === undefined) return false
    return isCountRule(rule) ? this.#countOf(rule).marks(candidate) : at > lastKept(rule, image)
  }

  #waitingFor({children = []}: I): readonly Candidate<I>[] {
    return children.flatMap(child => this.#waiting.get(child) ?? [])
  }

  #countOf(rule: LifecycleRule): KeptByCount<I> {
    const known = this.#counts.get(rule) ?? new KeptByCount(rule.selection.countNumber, [])
    this.#counts.set(rule, known)
    return known
  }
}

function selectedByCount<I>(candidates: readonly Candidate<I>[]): ReadonlyMap<LifecycleRule, Candidate<I>[]> {
  const selected = new Map<LifecycleRule, Candidate<I>[]>()
  for (const candidate of candidates.toReversed())
    for (const rule of candidate.rules) {
      if (!isCountRule(rule)) continue
      const list = selected.get(rule)
      if (list === undefined) selected.set(rule, [candidate])
      else list.push(candidate)
    }
  return selected
}

/** The first day, counted from the start, whose run is after a moment. */
function dayAfter(moment: number, start: number): number {
  return Math.floor((moment - start) / dayMs) + 1
}
