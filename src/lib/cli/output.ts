/**
 * The only code that writes to the standard streams. The result goes to stdout, everything else to stderr, so that a
 * result can be piped while a person watches.
 */
import {writeSync} from 'node:fs'
import {escapeWorkflowLog} from './escape.ts'
import {inGitHubActions} from './github.ts'

/** Writes a result for people to stdout: lines, without the last line end. */
export function writeResult(text: string): void {
  if (text !== '') process.stdout.write(`${forLog(text)}\n`)
}

/** Writes a result for programs to stdout: one JSON document that {@link toSafeJson} made. */
export function writeJson(json: string): void {
  process.stdout.write(`${json}\n`)
}

/** Writes lines for people to stderr: progress, warnings, errors. */
export function writeNote(text: string): void {
  process.stderr.write(`${forLog(text)}\n`)
}

/** Writes a GitHub Actions workflow command; on stderr, so that stdout stays the result. */
export function writeWorkflowCommand(command: string): void {
  process.stderr.write(`${command}\n`)
}

/** Writes to stderr when the process is about to end, past every buffer and whoever holds the stream. */
export function writeLastNote(text: string): void {
  try {
    writeSync(2, `${forLog(text)}\n`)
  } catch {
    // Nobody reads any more.
  }
}

/**
 * Makes the streams fit for pipes. A reader of stdout who leaves early has what they wanted: a quiet end. A log that is
 * gone must not stop work half-way: stderr is then simply lost.
 */
export function guardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    writeLastNote(`Error: the result could not be written to stdout: ${error.code ?? error.message}.`)
    process.exit(6)
  })
  process.stderr.on('error', () => undefined)
}

/**
 * Ends the process with its exit code once all that was written is out. For what may leave something behind that never
 * ends: the program of a profile's `credential_process`, whose provider knows of no signal.
 */
export async function leave(): Promise<never> {
  const written = (stream: NodeJS.WriteStream) =>
    new Promise<void>(resolve => stream.write('', () => resolve()))
  await Promise.all([written(process.stdout), written(process.stderr)])
  process.exit()
}

function forLog(text: string): string {
  return inGitHubActions(process.env) ? escapeWorkflowLog(text) : text
}
