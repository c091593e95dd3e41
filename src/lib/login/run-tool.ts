import {FailureError, TransientError} from '../errors.ts'
import {hideSecrets} from '../oci/hide-secrets.ts'
import {oneLine} from '../oci/one-line.ts'
import {execute} from './execute.ts'
import {type Environment, loginArguments, type Tool} from './tools.ts'

/** Runs a tool's own login. The password leaves this process on the tool's standard input and nowhere else. */

export interface ToolLogin {
  readonly registry: string
  readonly username: string
  readonly password: string
  readonly plainHttp: boolean
}

export interface RunContext {
  readonly env: Environment
  readonly cwd: string
  readonly signal: AbortSignal
  /** Milliseconds after which a tool that has not ended is stopped. */
  readonly toolTimeoutMs: number
}

const longestReason = 300

/**
 * Logs one tool in to one registry. Throws `FailureError` with what the tool said, `TransientError` when it did not end
 * in time, and the signal's reason when that was aborted.
 */
export async function loginWithTool(tool: Tool, login: ToolLogin, context: RunContext): Promise<void> {
  const {env, cwd, signal, toolTimeoutMs: timeoutMs} = context
  const options = {input: login.password, env, cwd, signal, timeoutMs}
  const {failed, timedOut, stdout, stderr, ended} = await execute(
    tool.path,
    loginArguments(tool.name, login),
    options,
  )
  if (!failed) return
  const where = `${tool.name} login to ${login.registry}`
  if (timedOut) throw new TransientError('TOOL_TIMEOUT', `${where} did not end within ${timeoutMs / 1000} s.`)
  const said = reasonOf([stderr, stdout].join('\n'), login)
  throw new FailureError('TOOL_FAILED', `${where} failed (${ended})${said === '' ? '.' : `: ${said}`}`)
}

/** What a tool said, on one line, cut, without the secret in any form in which it could have been repeated. */
export function reasonOf(
  output: string,
  secret: {readonly username: string; readonly password: string},
): string {
  const forms = [
    secret.password,
    Buffer.from(secret.password).toString('base64'),
    Buffer.from(`${secret.username}:${secret.password}`).toString('base64'),
    encodeURIComponent(secret.password),
  ]
  return oneLine(hideSecrets(output, forms).split(/\s+/).join(' ').trim(), longestReason)
}
