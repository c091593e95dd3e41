import {UsageError} from '../../errors.ts'
import type {Timeline} from './timeline.ts'

// The longest that a timer of Node.js can wait.
const longestTimer = 2 ** 31 - 1

// What comes a little later, such as the end of a password, is a time of JavaScript too.
const latest = Date.UTC(9999, 11, 31)

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

  /** Stops the clock at this time; undefined lets it run again. @throws {UsageError} INVALID_CLOCK. */
  set(epochMs: number | undefined): void {
    if (epochMs !== undefined && !(epochMs >= 0 && epochMs <= latest)) {
      throw new UsageError('INVALID_CLOCK', `Sandbox clock: ${epochMs} is not a time from 1970 to 9999.`)
    }
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
