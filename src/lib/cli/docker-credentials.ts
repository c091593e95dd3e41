import {homedir} from 'node:os'
import type {Login} from '../oci/bearer.ts'
import type {RunHelper} from '../oci/docker-config.ts'
import type {Context} from './context.ts'

/** How long a credential helper may take; some ask a keychain that asks the user. */
const helperTimeoutMs = 60_000

/** Finds what the user's container tools have stored for registries that are not ECR's. */
export function credentialsReader({env, signal}: Context): (host: string) => Promise<Login | undefined> {
  return async host => {
    const {authFiles, findLogin} = await import('../oci/docker-config.ts')
    return await findLogin(host, authFiles(env, homedir()), credentialHelper(env, signal))
  }
}

/** Docker's credential helper protocol: the server on standard input, a JSON document back. */
function credentialHelper(env: Context['env'], signal: AbortSignal): RunHelper {
  return async (name, server) => {
    const {execa} = await import('execa')
    const {failed, stdout} = await execa(`docker-credential-${name}`, ['get'], {
      input: server,
      env,
      extendEnv: false,
      cancelSignal: signal,
      timeout: helperTimeoutMs,
      maxBuffer: 64 * 1024,
      reject: false,
      windowsHide: true,
      verbose: 'none',
    })
    signal.throwIfAborted()
    return failed ? undefined : readLogin(stdout)
  }
}

/** A helper that answers anything else has nothing for this registry. */
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
