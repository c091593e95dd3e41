import {escapeText} from '../escape.ts'
import {count, formatBytes} from '../text.ts'
import type {Outcome, ProgressOptions, TaskFields} from './progress.ts'

export interface RunningTask {
  readonly title: string
  readonly detail: string
  readonly bytes: number
  readonly totalBytes: number
}

/** How far back the rate looks. */
const rateMilliseconds = 3000

/** What both displays know: the running tasks, how many ended and how, the bytes and their rate. Texts are escaped. */
export class Tally {
  readonly running = new Map<string, RunningTask>()
  started = 0
  readonly #ended = {done: 0, skipped: 0, failed: 0}
  readonly #options: ProgressOptions
  readonly #now: () => number
  #endedBytes = 0
  #endedTotalBytes = 0
  #samples: {at: number; bytes: number}[] = []

  /** @param now milliseconds of any clock */
  constructor(options: ProgressOptions, now: () => number) {
    this.#options = options
    this.#now = now
    this.#samples.push({at: now(), bytes: 0})
  }

  start(id: string, title: string): void {
    this.started += 1
    this.running.set(id, {title: escapeText(title), detail: '', bytes: 0, totalBytes: 0})
  }

  update(id: string, fields: TaskFields): void {
    const task = this.running.get(id)
    if (task === undefined) return
    this.running.set(id, {
      title: fields.title === undefined ? task.title : escapeText(fields.title),
      detail: fields.detail === undefined ? task.detail : escapeText(fields.detail),
      bytes: fields.bytes ?? task.bytes,
      totalBytes: fields.totalBytes ?? task.totalBytes,
    })
  }

  /** Ends a task and returns what was known of it; undefined when it is not running. */
  end(id: string, outcome: Outcome): RunningTask | undefined {
    const task = this.running.get(id)
    if (task === undefined) return undefined
    this.running.delete(id)
    this.#ended[outcome] += 1
    this.#endedBytes += task.bytes
    this.#endedTotalBytes += Math.max(task.bytes, task.totalBytes)
    return task
  }

  get failed(): number {
    return this.#ended.failed
  }

  /** `copied 12.3 MiB of 40.0 MiB · 8.1 MiB/s · 3 of 20 images`, as much of it as there is to say. */
  progressLine(): string {
    const {bytes, totalBytes} = this.#totals()
    const ended = this.#ended.done + this.#ended.skipped + this.#ended.failed
    const {noun = 'task', verb = 'copied', total} = this.#options
    const rate = this.#rate(bytes)
    // The size of tasks that have not started is not known: a total without them would grow all the time.
    const isWhole = total === undefined || this.started >= total
    return [
      totalBytes > 0 ? `${verb} ${formatBytes(bytes)}${isWhole ? ` of ${formatBytes(totalBytes)}` : ''}` : '',
      rate > 0 ? `${formatBytes(rate)}/s` : '',
      total === undefined ? `${count(ended, noun)} done` : `${ended} of ${count(total, noun)}`,
      this.failed > 0 ? `${this.failed} failed` : '',
    ]
      .filter(Boolean)
      .join(' · ')
  }

  /** What there is to say at the end. */
  finalLine(): string {
    const {bytes} = this.#totals()
    const {done, skipped, failed} = this.#ended
    const {noun = 'task', verb = 'copied'} = this.#options
    return [
      count(done + skipped + failed, noun),
      bytes > 0 ? `${verb} ${formatBytes(bytes)}` : '',
      skipped > 0 ? `${skipped} skipped` : '',
      failed > 0 ? `${failed} failed` : '',
      this.running.size > 0 ? `${this.running.size} not finished` : '',
    ]
      .filter(Boolean)
      .join(' · ')
  }

  #totals(): {bytes: number; totalBytes: number} {
    let bytes = this.#endedBytes
    let totalBytes = this.#endedTotalBytes
    for (const task of this.running.values()) {
      bytes += task.bytes
      totalBytes += Math.max(task.bytes, task.totalBytes)
    }
    return {bytes, totalBytes}
  }

  #rate(bytes: number): number {
    const at = this.#now()
    this.#samples.push({at, bytes})
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= rateMilliseconds)
      this.#samples.shift()
    const first = this.#samples[0]
    if (first === undefined || at <= first.at) return 0
    return Math.max(0, ((bytes - first.bytes) * 1000) / (at - first.at))
  }
}
