import {randomUUID} from 'node:crypto'
import type {Table} from '../state/table.ts'

/** Something that happens later, by itself. What kinds there are, and what they do, is in `happenings.ts`. */
export interface Task {
  readonly kind: string
  /** Account, region and repository that it is about, and anything else that is kept as JSON. */
  readonly [member: string]: unknown
}

interface Due {
  readonly at: number
  readonly task: Task
}

/**
 * What happens later: tasks by the time at which they are due. They are kept with the rest of the state, and run one
 * after the other in the order of their times, each at the time at which it was due.
 */
export class Timeline {
  readonly #tasks: Table<Due>
  readonly #run: (task: Task, at: number) => Promise<void>
  #running: Promise<void> = Promise.resolve()
  #scheduled = 0

  /** @param run does one task; `at` is the time at which it was due. */
  constructor(tasks: Table<Due>, run: (task: Task, at: number) => Promise<void>) {
    this.#tasks = tasks
    this.#run = run
  }

  /** @returns what cancels it. */
  schedule(at: number, task: Task): string {
    // Tasks of one moment are done in the order in which they were scheduled.
    const id = [digits(Math.max(0, Math.ceil(at))), digits(this.#scheduled++), randomUUID()].join(' ')
    this.#tasks.set(id, {at, task})
    return id
  }

  cancel(id: string): void {
    this.#tasks.delete(id)
  }

  /** When the next task is due. */
  next(): number | undefined {
    const [first] = this.#tasks.from()
    return first?.[1].at
  }

  /** Does all that is due at `now`, and what that makes due until then; rejects with what a task throws. */
  runUntil(now: number): Promise<void> {
    if ((this.next() ?? Infinity) > now) return this.#running
    const run = this.#running.then(() => this.#runAll(now))
    // Told once: whoever comes later goes on with the next task.
    this.#running = run.catch(() => undefined)
    return run
  }

  async #runAll(now: number): Promise<void> {
    for (;;) {
      const [first] = this.#tasks.from()
      if (first === undefined || first[1].at > now) return
      const [id, {at, task}] = first
      // After a crash it is done once more, rather than never.
      try {
        await this.#run(task, at)
      } finally {
        this.#tasks.delete(id)
      }
    }
  }
}

function digits(value: number): string {
  return String(value).padStart(16, '0')
}
