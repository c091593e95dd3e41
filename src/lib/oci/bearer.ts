import {DeniedError} from '../errors.ts'
import {type Authorizer, basicValue, type Scope, type TokenClient} from './auth.ts'
import {parseChallenges} from './challenge.ts'
import {isFields} from './descriptor.ts'
import {RegistryError} from './registry-error.ts'

export interface Login {
  readonly username: string
  readonly password: string
}

interface Token {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

interface TokenService {
  readonly realm: string
  readonly service: string | undefined
}

// Docker's token specification: tokens without expires_in live 60 s.
const defaultLifetimeS = 60
// Renewed a little before they end, since the request that carries them takes time.
const marginMs = 10_000

/**
 * The token flow of registries other than ECR (Docker Registry v2 authentication): the registry's challenge names a
 * token service; the token is fetched there for each scope, kept, and renewed. A registry that asks for Basic gets
 * that. Which realms are asked, and which of them see the credentials, is the URL policy's say.
 *
 * @param login undefined to stay anonymous, which public repositories allow.
 */
export function bearerAuthorizer(login?: Login): Authorizer {
  const basic = login === undefined ? undefined : basicValue(login)
  const tokens = new Map<string, Promise<Token>>()
  let mode: 'unknown' | 'basic' | TokenService = 'unknown'

  async function tokenFor(service: TokenService, scope: Scope, client: TokenClient): Promise<string> {
    const key = scopesOf(scope).join(' ')
    const asked = tokens.get(key)
    const known = await asked?.catch(() => undefined)
    if (known !== undefined && known.expires - marginMs > client.now()) return `Bearer ${known.value}`
    // Of many who find a token old at the same time, the first one asks for the next.
    const newer = tokens.get(key)
    const fetched = newer === undefined || newer === asked ? fetchToken(service, scope, client, basic) : newer
    tokens.set(key, fetched)
    return `Bearer ${(await fetched).value}`
  }

  return {
    async authorize(scope, client) {
      if (mode === 'unknown') return undefined
      return mode === 'basic' ? basic : tokenFor(mode, scope, client)
    },
    async renew(scope, {sent, challenge}, client) {
      const asked = readChallenge(challenge, client.policy.registry.host)
      if (asked === 'basic') {
        mode = 'basic'
        return basic !== undefined && sent !== basic
      }
      const key = scopesOf(scope).join(' ')
      const known = await tokens.get(key)?.catch(() => undefined)
      if (known !== undefined && sent === `Bearer ${known.value}`) tokens.delete(key)
      mode = asked
      return true
    },
  }
}

function readChallenge(header: string | undefined, host: string): 'basic' | TokenService {
  const challenges = parseChallenges(header ?? '')
  const bearer = challenges.find(({scheme}) => scheme === 'bearer')
  const realm = bearer?.parameters.get('realm')
  if (realm !== undefined) return {realm, service: bearer?.parameters.get('service')}
  if (challenges.some(({scheme}) => scheme === 'basic')) return 'basic'
  throw new DeniedError('NO_CHALLENGE', `${host} wants credentials but does not say of what kind.`)
}

/** We name the scope ourselves, rather than ask for whatever the challenge names. */
function scopesOf({repository, actions, from}: Scope): string[] {
  // Distribution's token specification, "Resource Provider Use": the list of repositories is a resource of its own.
  if (repository === '*') return ['registry:catalog:*']
  const own = `repository:${repository}:${actions}`
  return from === undefined ? [own] : [own, `repository:${from}:pull`]
}

async function fetchToken(
  {realm, service}: TokenService,
  scope: Scope,
  client: TokenClient,
  basic: string | undefined,
): Promise<Token> {
  const url = client.policy.realm(realm, basic !== undefined)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const name of scopesOf(scope)) url.searchParams.append('scope', name)
  const asked = client.now()
  const {status, body} = await client.get(url, basic)
  const where = `Token service ${url.host} of ${client.policy.registry.host}`
  if (status === 429 || status >= 500) {
    throw new RegistryError({status, message: `from token service ${url.host}`})
  }
  if (status !== 200) {
    const advice = basic === undefined ? 'Log in to it first.' : 'Check the user name and password.'
    throw new DeniedError(
      'UNAUTHORIZED',
      `${where} gave no token for ${scope.repository}: ${status}. ${advice}`,
    )
  }
  return parseToken(body, asked, where)
}

function parseToken(body: Uint8Array, asked: number, where: string): Token {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder().decode(body))
  } catch {
    document = undefined
  }
  const {token, access_token: accessToken, expires_in: lifetime} = isFields(document) ? document : {}
  const value = token ?? accessToken
  // RFC 6750, b64token: anything else could not be a header's value.
  if (typeof value !== 'string' || !/^[A-Za-z0-9._~+/-]+=*$/.test(value)) {
    throw new DeniedError('BAD_TOKEN', `${where} answered without a usable token.`)
  }
  const lifetimeS = typeof lifetime === 'number' && lifetime > 0 ? lifetime : defaultLifetimeS
  return {value, expires: asked + lifetimeS * 1000}
}
