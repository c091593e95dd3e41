import {execa} from 'execa'
import type {Environment} from './tools.ts'

/** How a program of somebody else is run: no shell, only the environment that is given, and a limit on everything. */
export interface ExecuteOptions {
  /** Goes to standard input; the one way in for a secret. */
  readonly input: string
  readonly env: Environment
  readonly cwd?: string
  readonly signal: AbortSignal
  /** Milliseconds after which it is stopped. */
  readonly timeoutMs: number
}

export interface Execution {
  readonly failed: boolean
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
  /** `exit 1`, or why there is no exit code. */
  readonly ended: string
}

/**
 * Runs a program to its end; the only importer of execa. A failure is an answer, not an error.
 *
 * @throws the signal's reason when that was aborted.
 */
export async function execute(
  path: string,
  args: readonly string[],
  options: ExecuteOptions,
): Promise<Execution> {
  const {input, env, cwd, signal, timeoutMs} = options
  const result = await execa(path, [...args], {
    input,
    env: definedVariables(env),
    extendEnv: false,
    ...(cwd === undefined ? {} : {cwd}),
    cancelSignal: signal,
    timeout: timeoutMs,
    maxBuffer: 1024 * 1024,
    reject: false,
    windowsHide: true,
    verbose: 'none',
  })
  if (result.failed) signal.throwIfAborted()
  const {failed, timedOut, stdout, stderr, exitCode, code, signal: killed} = result
  return {
    failed,
    timedOut,
    stdout,
    stderr,
    ended: exitCode === undefined ? (code ?? killed ?? 'not started') : `exit ${exitCode}`,
  }
}

function definedVariables(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
