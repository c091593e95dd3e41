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

/** Asks a token service, without redirects: status and at most 64 KiB of body. */
export interface TokenClient {
  readonly policy: UrlPolicy
  readonly now: () => number
  get(url: URL, authorization: string | undefined): Promise<{status: number; body: Uint8Array}>
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
export function basicValue({username, password}: {username: string; password: string}): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
