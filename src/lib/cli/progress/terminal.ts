import {escapeText} from '../escape.ts'
import {writeLastNote} from '../output.ts'
import {displayWidth, formatBytes, truncateMiddle} from '../text.ts'
import type {Display, ProgressOptions} from './progress.ts'
import {type RunningTask, Tally} from './tally.ts'

/** Rows for running tasks: with the first and the last line the display stays a dozen lines high. */
const rows = 10
const paintMilliseconds = 100
/** The icon before a row, and the column that terminals dislike to be written to. */
const margin = 4
const showCursor = '\u001b[?25h'

export interface Terminal {
  readonly stream: NodeJS.WriteStream
  /** Writes a line that stays, once the display is gone. */
  readonly write: (line: string) => void
}

/** A live display: what runs now with bytes, and the total; one line with the outcome is what remains of it. */
export function terminalDisplay(
  title: string,
  options: ProgressOptions,
  {stream, write}: Terminal,
  now: () => number,
): Display {
  const tally = new Tally(options, now)
  const stopped = Promise.withResolvers<void>()
  const kept: string[] = []
  const closed = show(escapeText(title), tally, stream, stopped.promise).then(() => {
    for (const line of kept) write(line)
  })
  return {
    closed,
    task: (id, taskTitle) => tally.start(id, taskTitle),
    update: (id, fields) => tally.update(id, fields),
    done(id, outcome) {
      const task = tally.end(id, outcome)
      // The result, which follows on the same terminal, tells why.
      if (task !== undefined && outcome === 'failed') kept.push(`failed  ${task.title}`)
    },
    log: line => void kept.push(escapeText(line)),
    stop: stopped.resolve,
  }
}

async function show(
  title: string,
  tally: Tally,
  stream: NodeJS.WriteStream,
  stopped: Promise<void>,
): Promise<void> {
  const {Listr, ListrLogger, ProcessOutput} = await import('listr2')
  const width = () => (stream.columns || 80) - margin
  const titles = new Map<number, {title: string}>()
  const paint = () => {
    const running = [...tally.running.values()]
    const shown = running.length > rows ? rows - 1 : running.length
    for (let i = 0; i < rows; i++) setTitle(titles.get(i), i < shown ? rowOf(running[i], width()) : '')
    if (shown < running.length) setTitle(titles.get(shown), `and ${running.length - shown} more`)
    setTitle(titles.get(rows), truncateMiddle(tally.progressLine(), width()))
  }
  const row = (i: number) => ({
    title: '',
    task: async (_: unknown, task: {title: string}) => {
      titles.set(i, task)
      await stopped
      task.title = ''
    },
  })
  const head = {
    title,
    task: async (_: unknown, task: {title: string}) => {
      await stopped
      clearInterval(timer)
      const line = truncateMiddle(`${title} · ${tally.finalLine()}`, width())
      if (tally.failed > 0 || tally.running.size > 0) throw new Error(line)
      task.title = line
    },
  }
  const list = new Listr([head, ...Array.from({length: rows + 1}, (_, i) => row(i))], {
    concurrent: true,
    exitOnError: false,
    // Its own handlers would end the process with 127 in the middle of our ordered end.
    registerSignalListeners: false,
    forceTTY: true,
    rendererOptions: {
      formatOutput: 'truncate',
      logger: new ListrLogger({
        useIcons: true,
        toStderr: [],
        processOutput: new ProcessOutput(stream, stream),
      }),
    },
  })
  // The display hides the cursor and holds the stream: an abrupt end would leave the terminal without one.
  const restore = () => writeLastNote(showCursor)
  process.once('exit', restore)
  const timer = setInterval(paint, paintMilliseconds)
  try {
    await list.run()
  } finally {
    clearInterval(timer)
    process.off('exit', restore)
  }
}

/** `payments/api:1.4 → prod · layer 3 of 9 · 12.3 MiB of 40.0 MiB`: the title gives way to the numbers. */
function rowOf(task: RunningTask | undefined, width: number): string {
  if (task === undefined) return ''
  const bytes = task.totalBytes > 0 ? `${formatBytes(task.bytes)} of ${formatBytes(task.totalBytes)}` : ''
  const facts = [task.detail, bytes].filter(Boolean).map(fact => ` · ${fact}`)
  const tail = truncateMiddle(facts.join(''), Math.floor(width / 2))
  return truncateMiddle(task.title, width - displayWidth(tail)) + tail
}

function setTitle(target: {title: string} | undefined, title: string): void {
  if (target !== undefined && target.title !== title) target.title = title
}
