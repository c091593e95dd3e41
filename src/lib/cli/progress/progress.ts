export type Outcome = 'done' | 'skipped' | 'failed'

/** What a command tells about its work while it runs. Tasks are told apart by their id, in the order they start. */
export interface Progress {
  /** A task has started. */
  readonly task: (id: string, title: string) => void
  /** What is new about a running task. `bytes` is how many are through so far, not how many more. */
  readonly update: (id: string, fields: TaskFields) => void
  readonly done: (id: string, outcome: Outcome, detail?: string) => void
  /** A line that stays. */
  readonly log: (line: string) => void
  /** Ends the display; nothing may be told any more. */
  readonly stop: () => void
}

export interface TaskFields {
  readonly title?: string
  readonly detail?: string
  readonly bytes?: number
  readonly totalBytes?: number
}

export interface ProgressOptions {
  /** What a task is, in the singular: `image`. */
  readonly noun?: string
  /** How many tasks there will be, where that is known. */
  readonly total?: number
  /** What happens to the bytes: `copied` unless told. */
  readonly verb?: string
  /** In logs only the number of tasks is told, now and then, and each one that failed: there are many, and each is short. */
  readonly isBrief?: boolean
}

/** A display and the moment when it has let go of the stream. */
export interface Display extends Progress {
  readonly closed: Promise<void>
}
