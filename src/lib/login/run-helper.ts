import type {Login} from '../oci/bearer.ts'
import {execute} from './execute.ts'
import type {Environment} from './tools.ts'

/** How long a credential helper may take; some ask a keychain that asks the user. */
const helperTimeoutMs = 60_000

/**
 * Asks `docker-credential-NAME` for the login of a server (Docker's credential helper protocol: the server on standard
 * input, a JSON document back). A helper that fails or answers anything else has nothing for it.
 */
export async function runHelper(
  name: string,
  server: string,
  {env, signal}: {readonly env: Environment; readonly signal: AbortSignal},
): Promise<Login | undefined> {
  const options = {input: server, env, signal, timeoutMs: helperTimeoutMs}
  const {failed, stdout} = await execute(`docker-credential-${name}`, ['get'], options)
  return failed ? undefined : readLogin(stdout)
}

function readLogin(text: string): Login | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  const {Username: username, Secret: password} = (answer ?? {}) as {readonly [key: string]: unknown}
  return typeof username === 'string' && typeof password === 'string' ? {username, password} : undefined
}
