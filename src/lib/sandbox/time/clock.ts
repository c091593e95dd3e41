import type {Timeline} from './timeline.ts'

// The longest that a timer of Node.js can wait.
const longestTimer = 2 ** 31 - 1

/** The sandbox's time, which tests stop and set. While it runs, what is due happens by itself. */
export class Clock {
  readonly #source: () => number
  #stoppedAt: number | undefined
  #alarm: NodeJS.Timeout | undefined

  /** @param source milliseconds since the epoch, while the clock runs. */
  constructor(source: () => number) {
    this.#source = source
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#stoppedAt ?? this.#source()

  /** Stops the clock at this time; undefined lets it run again. */
  set(epochMs: number | undefined): void {
    this.#stoppedAt = epochMs
  }

  /** Has `wake` called when the next task is due. A process that waits for nothing else may end. */
  arm(timeline: Timeline, wake: () => void): void {
    clearTimeout(this.#alarm)
    const due = this.#stoppedAt === undefined ? timeline.next() : undefined
    if (due === undefined) return
    this.#alarm = setTimeout(wake, Math.min(Math.max(due - this.now(), 0), longestTimer))
    this.#alarm.unref()
  }

  disarm(): void {
    clearTimeout(this.#alarm)
  }
}
