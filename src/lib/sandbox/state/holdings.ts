import type {ContentStore, ContentWriter} from './content.ts'
import type {Key} from './key.ts'
import type {Store} from './store.ts'

/**
 * Which contents some repository holds, so that what none holds any more can be dropped. Content is there before it is
 * held, and is dropped only after the state says so.
 */
export class Holdings {
  readonly #store: Store
  readonly #content: ContentStore
  readonly #released = new Set<string>()
  /** Contents that somebody is about to hold. */
  readonly #pinned = new Map<string, number>()

  constructor(store: Store, content: ContentStore) {
    this.#store = store
    this.#content = content
    store.onCommit(() => this.#drop())
  }

  /** Keeps what was written; `use` makes somebody hold it before it could be dropped again. */
  async keep<T>(writer: ContentWriter, use: (digest: string) => T): Promise<T> {
    const digest = writer.digest()
    return this.#pin(digest, async () => {
      try {
        await writer.keep()
      } catch (error) {
        await writer.discard()
        throw error
      }
      return use(digest)
    })
  }

  /** All of a content that somebody holds, even if it is released before it is read. */
  async readWhole(digest: string): Promise<Buffer> {
    return this.#pin(digest, () => this.#content.readWhole(digest))
  }

  /** Sees to it that a content is not dropped before `action` has ended. */
  async #pin<T>(digest: string, action: () => Promise<T>): Promise<T> {
    this.#pinned.set(digest, (this.#pinned.get(digest) ?? 0) + 1)
    try {
      return await action()
    } finally {
      const others = (this.#pinned.get(digest) ?? 1) - 1
      if (others === 0) this.#pinned.delete(digest)
      else this.#pinned.set(digest, others)
      if (!this.isHeld(digest)) this.#released.add(digest)
    }
  }

  hold(digest: string): void {
    this.#store.set(keyOf(digest), this.#count(digest) + 1)
  }

  release(digest: string): void {
    const left = this.#count(digest) - 1
    if (left > 0) return this.#store.set(keyOf(digest), left)
    this.#store.delete(keyOf(digest))
    this.#released.add(digest)
  }

  isHeld(digest: string): boolean {
    return this.#pinned.has(digest) || this.#store.has(keyOf(digest))
  }

  /** Drops what a crash has left behind; piece by piece, beside everything else. */
  async sweep(signal: AbortSignal): Promise<void> {
    for await (const digest of this.#content.all()) {
      if (signal.aborted) return
      if (!this.isHeld(digest)) this.#remove(digest)
    }
  }

  // What was released, once the state that says so is on the disk.
  #drop(): void {
    for (const digest of this.#released) {
      if (this.isHeld(digest) || this.#remove(digest)) this.#released.delete(digest)
    }
  }

  // What cannot go now, on Windows because another program reads it, is tried again: the state is right without that.
  #remove(digest: string): boolean {
    try {
      this.#content.remove(digest)
      return true
    } catch {
      return false
    }
  }

  #count(digest: string): number {
    return (this.#store.get(keyOf(digest)) as number | undefined) ?? 0
  }
}

function keyOf(digest: string): Key {
  return ['content', digest]
}
