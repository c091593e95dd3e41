import {DeniedError} from '../errors.ts'
import {type Authorizer, basicValue, type Credential, type Scope, type TokenClient} from './auth.ts'
import {parseChallenges} from './challenge.ts'
import {RegistryError} from './registry-error.ts'
import {parseToken, type Token} from './token-answer.ts'

interface TokenService {
  readonly realm: string
  readonly service: string | undefined
}

/** Credentials for a repository; '' asks for those of the whole registry. Undefined to stay anonymous. */
export type FindCredential = (repository: string) => Promise<Credential | undefined>

// Renewed a little before they end, since the request that carries them takes time.
const marginMs = 10_000

/**
 * The token flow of registries other than ECR (Docker Registry v2 authentication): the registry's challenge names a
 * token service; the token is fetched there for each scope, kept, and renewed. A registry that asks for Basic gets
 * that. Which realms are asked, and which of them see the credentials, is the URL policy's say.
 *
 * @param find asked when the registry wants credentials, once for each repository.
 * @param pushed repositories that will be written: whatever is asked of them is asked with the right to push, so that
 *   one token does, and since Quay lets nobody look at a repository that is not there but those who may make it
 *   (quay/quay, endpoints/v2/v2auth.py).
 */
export function bearerAuthorizer(
  find: FindCredential = async () => undefined,
  pushed: ReadonlySet<string> = new Set(),
): Authorizer {
  const credentials = new Map<string, Promise<Credential | undefined>>()
  const tokens = new Map<string, Promise<Token>>()
  const readOnly = new Set<string>()
  const withMetadata = new Set<string>()
  let mode: 'unknown' | 'basic' | TokenService = 'unknown'

  function credentialFor({repository}: Scope): Promise<Credential | undefined> {
    const name = repository === '*' ? '' : repository
    const known = credentials.get(name) ?? find(name)
    credentials.set(name, known)
    return known
  }

  /** We name the scope ourselves, rather than ask for whatever the challenge names. */
  function scopesOf({repository, actions, from}: Scope): readonly string[] {
    // Distribution's token specification, "Resource Provider Use": the list of repositories is a resource of its own.
    if (repository === '*') return ['registry:catalog:*']
    const wanted = pushed.has(repository) && !readOnly.has(repository) ? 'pull,push' : actions
    const own = `repository:${repository}:${wanted}${withMetadata.has(repository) ? ',metadata_read' : ''}`
    return from === undefined ? [own] : [own, `repository:${from}:pull`]
  }

  async function tokenFor(
    service: TokenService,
    scopes: readonly string[],
    client: TokenClient,
    who?: Credential,
  ) {
    const key = scopes.join(' ')
    const asked = tokens.get(key)
    const known = await asked?.catch(() => undefined)
    if (known !== undefined && known.expires - marginMs > client.now()) return `Bearer ${known.value}`
    // Of many who find a token old at the same time, the first one asks for the next.
    const newer = tokens.get(key)
    const fetched = newer === undefined || newer === asked ? fetchToken(service, scopes, client, who) : newer
    tokens.set(key, fetched)
    return `Bearer ${(await fetched).value}`
  }

  return {
    async authorize(scope, client) {
      if (mode === 'unknown') return undefined
      const who = await credentialFor(scope)
      if (who !== undefined && 'registryToken' in who) return `Bearer ${who.registryToken}`
      if (mode === 'basic') return basicOf(who)
      try {
        return await tokenFor(mode, scopesOf(scope), client, who)
      } catch (error) {
        const isWider = scope.actions === 'pull' && pushed.has(scope.repository)
        if (!(error instanceof DeniedError) || !isWider || readOnly.has(scope.repository)) throw error
        // Nothing may have to be written: whoever may only read can still find that out.
        readOnly.add(scope.repository)
        return tokenFor(mode, scopesOf(scope), client, who)
      }
    },
    async renew(scope, {sent, challenge}, client) {
      const asked = readChallenge(challenge, client.policy.registry.host)
      const who = await credentialFor(scope)
      if (asked.mode === 'basic') {
        mode = 'basic'
        const basic = basicOf(who)
        return basic !== undefined && sent !== basic
      }
      if (who !== undefined && 'registryToken' in who && sent !== undefined) return false
      const key = scopesOf(scope).join(' ')
      const known = await tokens.get(key)?.catch(() => undefined)
      if (known !== undefined && sent === `Bearer ${known.value}`) tokens.delete(key)
      // Azure wants more than `pull` for the list of tags (argocd-image-updater#1502), and Quay knows no such action.
      if (asked.scope.startsWith(`repository:${scope.repository}:`) && asked.scope.includes('metadata_read'))
        withMetadata.add(scope.repository)
      mode = asked.mode
      return true
    },
  }
}

function basicOf(who: Credential | undefined): string | undefined {
  return who !== undefined && 'password' in who ? basicValue(who) : undefined
}

function readChallenge(
  header: string | undefined,
  host: string,
): {readonly mode: 'basic' | TokenService; readonly scope: string} {
  const challenges = parseChallenges(header ?? '')
  const bearer = challenges.find(({scheme}) => scheme === 'bearer')?.parameters
  const realm = bearer?.get('realm')
  if (realm !== undefined)
    return {mode: {realm, service: bearer?.get('service')}, scope: bearer?.get('scope') ?? ''}
  if (challenges.some(({scheme}) => scheme === 'basic')) return {mode: 'basic', scope: ''}
  throw new DeniedError('NO_CHALLENGE', `${host} wants credentials but does not say of what kind.`)
}

async function fetchToken(
  {realm, service}: TokenService,
  scopes: readonly string[],
  client: TokenClient,
  who: Credential | undefined,
): Promise<Token> {
  const url = client.policy.realm(realm, who && (who.tokenHosts ?? []))
  const asked = client.now()
  const {status, body, date} = await client.ask(
    who !== undefined && 'identityToken' in who
      ? {url, form: refreshForm(who.identityToken, service, scopes)}
      : {url: withQuery(url, service, scopes), authorization: basicOf(who)},
  )
  const where = `Token service ${url.host} of ${client.policy.registry.host}`
  if (status === 429 || status >= 500) {
    throw new RegistryError({status, message: `from token service ${url.host}`})
  }
  if (status !== 200) {
    const names = scopes.map(scope => scope.replace(/^repository:(.*):[^:]*$/, '$1')).join(' and ')
    throw new DeniedError('UNAUTHORIZED', `${where} gave no token for ${names}: ${status}. ${adviceFor(who)}`)
  }
  return parseToken(body, {asked, date}, where)
}

function adviceFor(who: Credential | undefined): string {
  if (who === undefined) return 'Log in to it first; there may also be no such repository.'
  return 'identityToken' in who
    ? 'Log in to it again.'
    : 'Check the user name and password, and what they may do there.'
}

/** Docker Registry v2 authentication, "Token Authentication". */
function withQuery(url: URL, service: string | undefined, scopes: readonly string[]): URL {
  const asked = new URL(url)
  if (service !== undefined) asked.searchParams.set('service', service)
  for (const name of scopes) asked.searchParams.append('scope', name)
  return asked
}

/** Docker Registry v2 authentication, "OAuth2 Token Authentication". */
function refreshForm(token: string, service: string | undefined, scopes: readonly string[]): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'gantry',
    ...(service === undefined ? {} : {service}),
    scope: scopes.join(' '),
    refresh_token: token,
  })
}
