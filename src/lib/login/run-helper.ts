import {UsageError} from '../errors.ts'
import type {Login} from '../oci/auth.ts'
import {oneLine} from '../oci/one-line.ts'
import {type Execution, execute} from './execute.ts'
import type {Environment} from './tools.ts'

/** How long a credential helper may take; some ask a keychain that asks the user. */
const helperTimeoutMs = 60_000

export interface HelperPlace {
  readonly env: Environment
  readonly signal: AbortSignal
  /** The file that names the helper, for messages. */
  readonly file: string
  readonly timeoutMs?: number
}

/**
 * Asks `docker-credential-NAME` for the login of a server (Docker's credential helper protocol: the server on standard
 * input, a JSON document back).
 *
 * @returns undefined when the helper has nothing for the server.
 * @throws {UsageError} CREDENTIAL_HELPER when the helper is not there, fails for any other reason or says something else.
 */
export async function runHelper(
  name: string,
  server: string,
  {env, signal, file, timeoutMs = helperTimeoutMs}: HelperPlace,
): Promise<Login | undefined> {
  const program = `docker-credential-${name}`
  const wrong = (problem: string): UsageError =>
    new UsageError(
      'CREDENTIAL_HELPER',
      `${file} names ${program} for ${oneLine(server)}, which ${problem}. Correct that, or take it out of the file.`,
    )
  const execution = await execute(program, ['get'], {input: server, env, signal, timeoutMs})
  if (!execution.failed) return readLogin(execution.stdout, wrong)
  // docker-credential-helpers, credentials/error.go: the one failure that means that there is nothing.
  if (/credentials not found/i.test(execution.stdout)) return undefined
  throw wrong(problemOf(execution, timeoutMs))
}

function problemOf({ended, timedOut, stdout}: Execution, timeoutMs: number): string {
  if (ended === 'ENOENT') return 'is not on PATH'
  if (timedOut) return `gave no answer for ${timeoutMs / 1000} s`
  // Helpers say why on standard output. Something with a secret in it would be a document.
  const said = stdout.includes('{') ? '' : oneLine(stdout.trim())
  return `failed (${ended}${said === '' ? '' : `: ${said}`})`
}

function readLogin(text: string, wrong: (problem: string) => UsageError): Login {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw wrong('answered no JSON')
  }
  const {Username: username, Secret: password} = (answer ?? {}) as {readonly [key: string]: unknown}
  if (typeof username === 'string' && typeof password === 'string') return {username, password}
  throw wrong('answered without Username and Secret')
}
