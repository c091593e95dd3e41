import type {LayoutIndex} from './index-file.ts'

/** Where an index is kept. */
export interface IndexHome {
  read(): Promise<LayoutIndex>
  replace(index: LayoutIndex): Promise<void>
}

/** The changes of an index, one after the other; those that come while the disk is busy share one write. */
export class IndexChanges {
  readonly #home: IndexHome
  #pending: Change[] = []
  #isBusy = false

  constructor(home: IndexHome) {
    this.#home = home
  }

  /** Resolves when the index is as `change` makes it. A change that gives the index back writes nothing. */
  make(change: Change['change']): Promise<void> {
    return new Promise((done, failed) => {
      this.#pending.push({change, done, failed})
      if (!this.#isBusy) void this.#makeAll()
    })
  }

  async #makeAll(): Promise<void> {
    this.#isBusy = true
    while (this.#pending.length > 0) {
      const batch = this.#pending
      this.#pending = []
      try {
        await this.#makeTogether(batch)
      } catch (error) {
        for (const {failed} of batch) failed(error)
      }
    }
    this.#isBusy = false
  }

  async #makeTogether(batch: readonly Change[]): Promise<void> {
    const before = await this.#home.read()
    const made: Change[] = []
    let index = before
    for (const each of batch) {
      try {
        index = await each.change(index)
        made.push(each)
      } catch (error) {
        each.failed(error)
      }
    }
    if (index !== before) await this.#home.replace(index)
    for (const {done} of made) done()
  }
}

interface Change {
  readonly change: (index: LayoutIndex) => Promise<LayoutIndex>
  readonly done: () => void
  readonly failed: (error: unknown) => void
}
