/** A map that can also be read in pages, in the order of its keys. Sorting waits until somebody reads a page. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  #keys: readonly string[] | undefined

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#keys = undefined
    this.#values.set(key, value)
  }

  delete(key: string): boolean {
    const deleted = this.#values.delete(key)
    if (deleted) this.#keys = undefined
    return deleted
  }

  clear(): void {
    this.#values.clear()
    this.#keys = undefined
  }

  /** All values, in no order. */
  values(): IterableIterator<V> {
    return this.#values.values()
  }

  /** Entries from `key` on, in order; without `key`, all of them. */
  *from(key = ''): Generator<readonly [string, V]> {
    this.#keys ??= [...this.#values.keys()].toSorted(byCodeUnit)
    const keys = this.#keys
    for (let index = firstAtLeast(keys, key); index < keys.length; index++) {
      const at = keys[index] ?? ''
      const value = this.#values.get(at)
      if (value !== undefined) yield [at, value]
    }
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
