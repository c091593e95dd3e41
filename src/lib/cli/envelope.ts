import type {ExitCode} from '../errors.ts'
import type {Caller} from '../plan/document.ts'
import type {Description} from './errors.ts'

/** What every command returns: plain data that `--json` prints as it is. */
export interface CommandResult {
  readonly caller?: Caller
  /** Counts and sizes of the run as a whole. */
  readonly summary: Readonly<Record<string, unknown>>
  /** One entry per thing that the command dealt with. */
  readonly items: readonly unknown[]
  readonly warnings: readonly string[]
  readonly exitCode: ExitCode
}

/** The one JSON document of `--json`. */
export interface Envelope {
  readonly schemaVersion: 1
  /** The command without the program's name: `sandbox start`; null when the command line names none. */
  readonly command: string | null
  readonly caller: Caller | null
  readonly summary: Readonly<Record<string, unknown>>
  readonly items: readonly unknown[]
  readonly warnings: readonly string[]
  readonly exitCode: ExitCode
}

/** The document of a command that ended with an error: nothing but the error is known. */
export interface ErrorEnvelope extends Envelope {
  readonly summary: Readonly<Record<string, never>>
  readonly items: readonly never[]
  readonly error: {readonly code: string; readonly message: string; readonly hints: readonly string[]}
}

export function toEnvelope(command: string, result: CommandResult): Envelope {
  const {caller = null, summary, items, warnings, exitCode} = result
  return {schemaVersion: 1, command, caller, summary, items, warnings, exitCode}
}

export function toErrorEnvelope(command: string | null, description: Description): ErrorEnvelope {
  const {code, message, hints, exitCode} = description
  return {
    schemaVersion: 1,
    command,
    caller: null,
    summary: {},
    items: [],
    warnings: [],
    exitCode,
    error: {code, message, hints},
  }
}
