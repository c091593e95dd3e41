import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {EcrApi} from './api.ts'
import {type AwsEnvironment, identityContext} from './environment.ts'
import {type EcrHost, ecrHost, type PrivateEcrHost, parseEcrHost} from './hosts.ts'
import {getPublicToken} from './public-api.ts'
import type {AccountSession} from './session.ts'
import {type AuthorizationToken, type TokenSource, tokenSource} from './token.ts'

/**
 * The tokens of a session for one registry. A token is good for every private registry of a region that the identity
 * may use, other accounts' included, so they share it; it never leaves memory.
 */
export function tokensFor(session: AccountSession, host: EcrHost, environment: AwsEnvironment): TokenSource {
  const key = host.kind === 'public' ? 'public' : host.region
  const known = session.tokens.get(key)
  if (known !== undefined) return known
  const fetchToken =
    host.kind === 'public'
      ? () => getPublicToken(session, environment)
      : () => getPrivateToken(session, host, environment)
  const tokens = tokenSource(fetchToken, environment.now)
  session.tokens.set(key, tokens)
  return tokens
}

/**
 * What logs in to the ECR registry `host`, private or public.
 *
 * @throws {UsageError} NOT_ECR for any other host.
 */
export async function getAuthorizationToken(
  session: AccountSession,
  host: string,
  environment: AwsEnvironment,
): Promise<AuthorizationToken> {
  const registry = parseEcrHost(host)
  if (registry === undefined)
    throw new UsageError('NOT_ECR', `${oneLine(host)} is not a registry of Amazon ECR.`)
  return tokensFor(session, registry, environment).get()
}

async function getPrivateToken(
  session: AccountSession,
  registry: PrivateEcrHost,
  environment: AwsEnvironment,
): Promise<AuthorizationToken> {
  const api = new EcrApi({
    host: ecrHost(registry),
    registry,
    session,
    environment,
    context: identityContext(environment),
    traffic: session.traffic,
    readOnly: true,
    purpose: 'pull',
  })
  try {
    return await api.getAuthorizationToken()
  } finally {
    api.close()
  }
}
