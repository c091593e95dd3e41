import {type AgentOptions, Agent as HttpAgent} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import {UsageError} from '../errors.ts'

/**
 * Pools of connections for both schemes.
 *
 * @param proxyEnv HTTPS_PROXY, HTTP_PROXY, NO_PROXY and their lower-case forms; without it there is no proxy.
 * @throws {UsageError} INVALID_PROXY, without the URL, in which there may be a password.
 */
export function createAgents(
  pool: AgentOptions,
  proxyEnv?: NodeJS.ProcessEnv,
): {readonly http: HttpAgent; readonly https: HttpsAgent} {
  const options = proxyEnv === undefined ? pool : {...pool, proxyEnv}
  try {
    return {http: new HttpAgent(options), https: new HttpsAgent(options)}
  } catch {
    throw new UsageError(
      'INVALID_PROXY',
      'HTTPS_PROXY or HTTP_PROXY is not the URL of a proxy. Write http://[USER:PASSWORD@]HOST:PORT.',
    )
  }
}
