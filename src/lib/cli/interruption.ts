/** Signals end a run in order: the first one aborts it and says so, a second one ends the process at once. */
import {type ExitCode, GantryError} from '../errors.ts'

/** How long work that was told to stop may take. GitHub Actions kills 7.5 s after the first signal. */
const graceMilliseconds = 5000

/** A terminal and a parent such as npm both pass on one Ctrl-C: what comes this soon after is the same one. */
const echoMilliseconds = 300

const exitCodeOf = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 130} as const satisfies Partial<
  Record<NodeJS.Signals, ExitCode>
>
type EndingSignal = keyof typeof exitCodeOf

/** The run was stopped by a signal. */
export class InterruptedError extends GantryError {
  constructor(signal: EndingSignal) {
    super('INTERRUPTED', exitCodeOf[signal], `Stopped by ${signal}.`)
  }
}

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
}

export interface InterruptionOptions {
  readonly source: SignalSource
  readonly exit: (code: ExitCode) => void
  /** Milliseconds of any clock. */
  readonly now: () => number
}

/** Aborts the returned signal, with an {@link InterruptedError} as its reason, when the process is asked to end. */
export function listenForSignals({source, exit, now}: InterruptionOptions): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = (signal: EndingSignal) => {
    if (controller.signal.aborted) {
      if (now() - firstAt >= echoMilliseconds) exit(exitCodeOf[signal])
      return
    }
    firstAt = now()
    setTimeout(() => exit(exitCodeOf[signal]), graceMilliseconds).unref()
    controller.abort(new InterruptedError(signal))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
    source.on(signal, () => onSignal(signal))
  }
  return controller.signal
}

let processSignal: AbortSignal | undefined

/** The abort signal of this process: there is one set of operating system signals, hence one of these. */
export function interruptionOfProcess(): AbortSignal {
  processSignal ??= listenForSignals({
    source: process,
    exit: code => process.exit(code),
    now: () => performance.now(),
  })
  return processSignal
}
