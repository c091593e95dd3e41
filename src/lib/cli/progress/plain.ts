import {escapeText} from '../escape.ts'
import {formatBytes} from '../text.ts'
import type {Display, ProgressOptions} from './progress.ts'
import {Tally} from './tally.ts'

/** From this many tasks on, only their ends are told. */
const startsTold = 50

/** A display for logs: one line when a task starts and one when it ends; nothing moves. */
export function plainDisplay(
  title: string,
  options: ProgressOptions,
  write: (line: string) => void,
  now: () => number,
): Display {
  const tally = new Tally(options, now)
  const {promise: closed, resolve: close} = Promise.withResolvers<void>()
  const tellStarts = (options.total ?? 0) <= startsTold
  write(escapeText(title))
  return {
    closed,
    task(id, taskTitle) {
      tally.start(id, taskTitle)
      if (tellStarts && tally.started <= startsTold) write(`started  ${escapeText(taskTitle)}`)
    },
    update: (id, fields) => tally.update(id, fields),
    done(id, outcome, detail) {
      const task = tally.end(id, outcome)
      if (task === undefined) return
      const bytes = task.bytes > 0 ? `  ${formatBytes(task.bytes)}` : ''
      const why = detail === undefined ? '' : `  ${escapeText(detail)}`
      write(`${outcome.padEnd(7)}  ${task.title}${bytes}${why}`)
    },
    log: line => write(escapeText(line)),
    stop: close,
  }
}
