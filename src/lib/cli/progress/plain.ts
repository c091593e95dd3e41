import {escapeText} from '../escape.ts'
import {formatBytes} from '../text.ts'
import type {Display, Outcome, ProgressOptions} from './progress.ts'
import {Tally} from './tally.ts'

/** From this many tasks on, only their ends are told. */
const startsTold = 50

/** How often a brief display tells how far it is. */
const briefMilliseconds = 10_000

/** A display for logs, brief where that is wanted: otherwise one line when a task starts and one when it ends; nothing moves. */
export function plainDisplay(
  title: string,
  options: ProgressOptions,
  write: (line: string) => void,
  now: () => number,
): Display {
  return options.isBrief ? briefDisplay(title, options, write, now) : fullDisplay(title, options, write, now)
}

type Settings = Parameters<typeof plainDisplay>

function briefDisplay(...[title, options, write, now]: Settings): Display {
  const tally = new Tally(options, now)
  const {promise: closed, resolve: close} = Promise.withResolvers<void>()
  const head = escapeText(title)
  let toldAt = now()
  return {
    closed,
    task: (id, taskTitle) => tally.start(id, taskTitle),
    update: (id, fields) => tally.update(id, fields),
    done(id, outcome, detail) {
      const task = tally.end(id, outcome)
      if (task === undefined) return
      if (outcome === 'failed') write(endLine(outcome, task.title, detail))
      if (now() - toldAt < briefMilliseconds) return
      toldAt = now()
      write(`${head}: ${tally.progressLine()}`)
    },
    log: line => write(escapeText(line)),
    stop() {
      if (tally.started > 0) write(`${head}: ${tally.finalLine()}`)
      close()
    },
  }
}

function fullDisplay(...[title, options, write, now]: Settings): Display {
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
      write(endLine(outcome, `${task.title}${bytes}`, detail))
    },
    log: line => write(escapeText(line)),
    stop: close,
  }
}

function endLine(outcome: Outcome, task: string, detail: string | undefined): string {
  const why = detail === undefined ? '' : `  ${escapeText(detail)}`
  return `${outcome.padEnd(7)}  ${task}${why}`
}
