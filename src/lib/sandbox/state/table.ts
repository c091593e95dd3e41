import type {Key} from './key.ts'
import type {Store} from './store.ts'

/** Values of one kind, kept by id and read in the order of their ids. */
export class Table<T> {
  readonly #store: Store
  readonly #prefix: Key

  constructor(store: Store, prefix: Key) {
    this.#store = store
    this.#prefix = prefix
  }

  get(id: string): T | undefined {
    return this.#store.get([...this.#prefix, id]) as T | undefined
  }

  has(id: string): boolean {
    return this.#store.has([...this.#prefix, id])
  }

  set(id: string, value: T): void {
    this.#store.set([...this.#prefix, id], value)
  }

  /** Whether there was anything to forget. */
  delete(id: string): boolean {
    return this.#store.delete([...this.#prefix, id])
  }

  /** Forgets all of them. */
  clear(): void {
    this.#store.clear(this.#prefix)
  }

  /** Entries from `id` on, in order; without `id`, all of them. */
  from(id = ''): Generator<readonly [id: string, value: T]> {
    return this.#store.below(this.#prefix, id) as Generator<readonly [string, T]>
  }

  /** Entries whose ids begin so, in order; from `id` on. */
  *startingWith(prefix: string, id = prefix): Generator<readonly [id: string, value: T]> {
    for (const entry of this.from(id)) {
      if (!entry[0].startsWith(prefix)) return
      yield entry
    }
  }

  *values(): Generator<T> {
    for (const [, value] of this.from()) yield value
  }

  isEmpty(): boolean {
    return this.from().next().done === true
  }
}
