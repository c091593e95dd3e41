import type {UrlPolicy} from './url-policy.ts'

/** What a request needs to be allowed to do. */
export interface Scope {
  /** `*` for the list of all of them. */
  readonly repository: string
  readonly actions: 'pull' | 'pull,push'
  /** Another repository that is read, for a mount. */
  readonly from?: string
}

/** An answer of the registry that refused a request for its credentials. */
export interface Rejection {
  /** The Authorization value that was sent. */
  readonly sent: string | undefined
  /** WWW-Authenticate, as it came. */
  readonly challenge: string | undefined
}

/** A user and a password, as Basic has them. */
export interface Login {
  readonly username: string
  readonly password: string
}

/** What proves who somebody is to a registry. */
export type Credential = (
  | Login
  /** For the token service alone: an OAuth2 refresh token, which Docker calls identity token. */
  | {readonly identityToken: string}
  /** For the registry alone: a token that a token service has given already. */
  | {readonly registryToken: string}
) & {
  /** Hosts, with their ports, besides the registry itself that it may be shown to for a token. */
  readonly tokenHosts?: readonly string[]
}

/** A question to a token service: with a form it is a POST. */
export interface TokenRequest {
  readonly url: URL
  readonly authorization?: string | undefined
  readonly form?: URLSearchParams
}

export interface TokenAnswer {
  readonly status: number
  /** At most 64 KiB. */
  readonly body: Uint8Array
  /** What time it is there, in milliseconds since the epoch. */
  readonly date: number | undefined
}

/** Asks a token service, without redirects. */
export interface TokenClient {
  readonly policy: UrlPolicy
  readonly now: () => number
  ask(request: TokenRequest): Promise<TokenAnswer>
}

/** A way of proving who we are to one registry. Its values are sent to the registry's own origin and nowhere else. */
export interface Authorizer {
  /** The Authorization value for a request, undefined for none. */
  authorize(scope: Scope, tokens: TokenClient): Promise<string | undefined>
  /** Takes note that `rejection.sent` no longer does; false when asking again would bring nothing better. */
  renew(scope: Scope, rejection: Rejection, tokens: TokenClient): Promise<boolean>
}

/** No credentials at all, whatever the registry asks for. */
export const anonymousAuthorizer: Authorizer = {
  authorize: async () => undefined,
  renew: async () => false,
}

/**
 * Basic credentials from elsewhere, for ECR the token of GetAuthorizationToken. The registry's challenge is not read:
 * a realm that is ignored cannot lead anywhere.
 *
 * @param getCredentials the Authorization value (`Basic …`); asked for each request, so it caches.
 * @param invalidate forgets what `getCredentials` cached.
 */
export function basicAuthorizer(getCredentials: () => Promise<string>, invalidate: () => void): Authorizer {
  return {
    authorize: getCredentials,
    async renew(_scope, {sent}) {
      // Of many requests that were refused together, the first one makes the others' value old.
      if (sent === (await getCredentials())) invalidate()
      return true
    },
  }
}

/** What must not be shown of an Authorization value: the credentials as they are sent, and a password in them. */
export function secretsOf(authorization = ''): readonly string[] {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2)
  if (scheme !== 'Basic') return [credentials]
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  return [credentials, text.slice(text.indexOf(':') + 1)]
}

/** The Authorization value of a user name and password. */
export function basicValue({username, password}: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
