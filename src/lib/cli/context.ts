import type {Readable} from 'node:stream'
import type {Estate} from '../config/estate.ts'
import {TransientError, UsageError} from '../errors.ts'
import {escapeText} from './escape.ts'
import type {Environment} from './github.ts'
import {interruptionOfProcess} from './interruption.ts'
import {writeNote} from './output.ts'
import {plainDisplay} from './progress/plain.ts'
import type {Display, Progress, ProgressOptions} from './progress/progress.ts'
import {terminalDisplay} from './progress/terminal.ts'
import {confirm, confirmTyped} from './prompt.ts'

/** The world of a command: everything it needs that is not in its own flags. */
export interface Context {
  /** Aborted by an operating system signal or by `--timeout`; the reason is a GantryError that says which. */
  readonly signal: AbortSignal
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number
  readonly env: Environment
  readonly cwd: string
  readonly stdin: Readable
  readonly profile: string | undefined
  readonly region: string | undefined
  /** The sandbox that takes all AWS and registry traffic, from `GANTRY_SANDBOX`. */
  readonly sandboxUrl: URL | undefined
  /** `repos.yaml`, read once when first asked for; the empty estate when there is none. */
  readonly estate: () => Promise<Estate>
  readonly progress: {readonly start: (title: string, options?: ProgressOptions) => Progress}
  /** Asks for consent on the terminal; true with `--yes`. Elsewhere throws a UsageError. */
  readonly confirm: (question: string) => Promise<boolean>
  /** The same for what is typed: the word that the question asks for. */
  readonly confirmTyped: (question: string, word: string) => Promise<boolean>
  /** A line for people, on stderr. */
  readonly note: (line: string) => void
}

export interface GlobalFlags {
  readonly config?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly timeout?: number | undefined
  readonly 'no-progress': boolean
  readonly yes: boolean
}

/** The context of this process and what ends it: `close` stops every display and the clock of `--timeout`. */
export function createContext(flags: GlobalFlags): {context: Context; close: () => Promise<void>} {
  const {env, stdin, stderr} = process
  const cwd = process.cwd()
  const displays: Display[] = []
  const deadline = startDeadline(flags.timeout)
  const signal = AbortSignal.any([interruptionOfProcess(), deadline.signal])
  const live = stderr.isTTY && !flags['no-progress'] && !env['CI'] && env['TERM'] !== 'dumb'
  const prompt = {
    yes: flags.yes,
    interactive: stdin.isTTY && stderr.isTTY,
    input: stdin,
    output: stderr,
    signal,
  }
  let estate: Promise<Estate> | undefined
  const context: Context = {
    signal,
    now: () => Date.now(),
    env,
    cwd,
    stdin,
    profile: flags.profile,
    region: flags.region,
    sandboxUrl: sandboxUrlOf(env),
    estate: () => {
      estate ??= import('../config/load.ts').then(({loadEstate}) =>
        loadEstate({cwd, ...(flags.config !== undefined && {file: flags.config})}),
      )
      return estate
    },
    progress: {
      start(title, options = {}) {
        const clock = () => performance.now()
        const display = live
          ? terminalDisplay(title, options, {stream: stderr, write: writeNote}, clock)
          : plainDisplay(title, options, writeNote, clock)
        displays.push(display)
        return display
      },
    },
    async confirm(question) {
      if (!flags.yes) await endDisplays()
      return confirm(question, prompt)
    },
    async confirmTyped(question, word) {
      if (!flags.yes) await endDisplays()
      return confirmTyped(question, word, prompt)
    },
    note(line) {
      const running = displays.at(-1)
      if (live && running !== undefined) running.log(line)
      else writeNote(escapeText(line))
    },
  }
  /** A live display paints over what else is written: a question, and what is to be read before it. */
  const endDisplays = async () => {
    const ending = displays.splice(0)
    for (const display of ending) display.stop()
    await Promise.all(ending.map(display => display.closed))
  }
  const close = async () => {
    deadline.clear()
    await endDisplays()
  }
  return {context, close}
}

function startDeadline(milliseconds: number | undefined): {signal: AbortSignal; clear: () => void} {
  const controller = new AbortController()
  if (milliseconds === undefined) return {signal: controller.signal, clear: () => undefined}
  const timer = setTimeout(() => {
    const seconds = milliseconds / 1000
    controller.abort(
      new TransientError(
        'TIMEOUT',
        `Not done within --timeout ${seconds}s. Run the same command again to go on.`,
      ),
    )
  }, milliseconds)
  return {signal: controller.signal, clear: () => clearTimeout(timer)}
}

/** @throws {UsageError} when `GANTRY_SANDBOX` is no http URL of this machine: dummy keys or not, nothing goes elsewhere. */
function sandboxUrlOf(env: Environment): URL | undefined {
  const text = env['GANTRY_SANDBOX']
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLoopback = url !== undefined && /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname)
  if (isLoopback && url.protocol === 'http:' && url.pathname === '/' && url.username === '') return url
  throw new UsageError(
    'INVALID_SANDBOX',
    'GANTRY_SANDBOX is no address of a sandbox on this machine, such as http://127.0.0.1:4510.',
  )
}
