/**
 * The one error base of Gantry. Every error that a user can meet is a {@link GantryError}; anything else that reaches
 * the top is a bug. The message is one line: what is wrong, where, and what to do where that fits; `hints` hold what
 * does not.
 */

/** Exit codes of the command line; `docs/cli.md` lists what each means to a script. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  gateSaidNo: 3,
  partial: 4,
  denied: 5,
  transient: 6,
  unsafe: 7,
  undetermined: 8,
  changesPending: 10,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes] | 129 | 130 | 143

export interface ErrorDetails {
  /** Lines that say what to do next: a command, a policy statement, a page. Shown under the message. */
  hints?: readonly string[]
  cause?: unknown
}

export abstract class GantryError extends Error {
  /** Stable upper-snake-case name for scripts, for example `REPOSITORY_NOT_FOUND`. */
  readonly code: string
  readonly exitCode: ExitCode
  readonly hints: readonly string[]

  constructor(code: string, exitCode: ExitCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause})
    this.name = new.target.name
    this.code = code
    this.exitCode = exitCode
    this.hints = details.hints ?? []
  }
}

/** The command line, `repos.yaml` or the environment is wrong; nothing was sent. Exit 2. */
export class UsageError extends GantryError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super(code, exitCodes.usage, message, details)
  }
}

type RefusalExit = typeof exitCodes.gateSaidNo | typeof exitCodes.unsafe | typeof exitCodes.undetermined

/** Gantry could go on and will not: a gate, a limit, a stale plan, content that is not what was asked for. Exit 3, 7, 8. */
export class RefusalError extends GantryError {
  constructor(code: string, message: string, details: ErrorDetails & {exitCode?: RefusalExit} = {}) {
    super(code, details.exitCode ?? exitCodes.unsafe, message, details)
  }
}

type FailureExit = typeof exitCodes.partial | typeof exitCodes.denied | typeof exitCodes.transient

/** The other side said no, or could not be reached. Exit 4 (some items), 5 (permission), 6 (safe to run again). */
export class FailureError extends GantryError {
  constructor(code: string, message: string, details: ErrorDetails & {exitCode?: FailureExit} = {}) {
    super(code, details.exitCode ?? exitCodes.partial, message, details)
  }
}

/** Credentials are missing, expired or not enough. Exit 5. */
export class DeniedError extends FailureError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, {...details, exitCode: exitCodes.denied})
  }
}

/** Trouble that outlasted the retries: network, throttling, 5xx. Safe to run again. Exit 6. */
export class TransientError extends FailureError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, {...details, exitCode: exitCodes.transient})
  }
}

/** Something that cannot happen did. Exit 1. */
export class BugError extends GantryError {
  constructor(message: string, details?: ErrorDetails) {
    super('BUG', exitCodes.bug, message, details)
  }
}
