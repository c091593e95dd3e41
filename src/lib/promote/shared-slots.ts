import type {Limiter} from '../oci/limiter.ts'

/** Slots of a limiter in which all tasks of one key that overlap share a single one. */
export class SharedSlots {
  readonly #limiter: Limiter
  readonly #held = new Map<string, {users: number; readonly release: Promise<() => void>}>()

  constructor(limiter: Limiter) {
    this.#limiter = limiter
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const slot = this.#held.get(key) ?? {users: 0, release: this.#limiter.acquire()}
    this.#held.set(key, slot)
    slot.users++
    const release = await slot.release
    try {
      return await task()
    } finally {
      if (--slot.users === 0) {
        this.#held.delete(key)
        release()
      }
    }
  }
}
