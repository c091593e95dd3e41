/**
 * Work that several images of a run share and that is done once: whoever asks while it runs or after it is done gets
 * the same promise. A failure is forgotten, so that the next one who asks tries again.
 */
export class Once<Result> {
  readonly #started = new Map<string, Promise<Result>>()

  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const started = this.#started.get(key)
    if (started !== undefined) return started
    const running = work().catch((error: unknown) => {
      this.#started.delete(key)
      throw error
    })
    this.#started.set(key, running)
    return running
  }

  forget(key: string): void {
    this.#started.delete(key)
  }
}
