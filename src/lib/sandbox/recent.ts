/** The latest of what keeps coming: it holds `limit` things, and counts those that it let go of. */
export class Recent<T> {
  readonly #limit: number
  #things: T[] = []
  #added = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** In the order in which they were added. */
  get all(): readonly T[] {
    return this.#things.length <= this.#limit ? this.#things : this.#things.slice(-this.#limit)
  }

  /** How many were added since it was empty. */
  get added(): number {
    return this.#added
  }

  get dropped(): number {
    return Math.max(0, this.#added - this.#limit)
  }

  add(thing: T): void {
    this.#things.push(thing)
    this.#added += 1
    // Now and then, as shifting a long list each time is slow.
    if (this.#things.length >= 2 * this.#limit) this.#things = this.#things.slice(-this.#limit)
  }

  clear(): void {
    this.#things = []
    this.#added = 0
  }
}
