import {FailureError} from '../errors.ts'

/** What logs in to a registry: Basic authentication, user `AWS`. */
export interface AuthorizationToken {
  /** Value of the `Authorization` header. A secret. */
  readonly authorization: string
  readonly username: string
  /** A secret. */
  readonly password: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** A token that is fetched on demand, kept in memory only, and fetched again before it expires. */
export interface TokenSource {
  get(): Promise<AuthorizationToken>
  /** Forgets the token: the registry refused it. */
  invalidate(): void
}

/** A token is used for whole uploads: one that ends soon is as good as none, unless all of them do. */
const refreshBeforeMs = 15 * 60_000

export function tokenSource(fetchToken: () => Promise<AuthorizationToken>, now: () => number): TokenSource {
  let current: {readonly token: AuthorizationToken; readonly staleAt: number} | undefined
  let fetching: Promise<AuthorizationToken> | undefined

  const refetch = async (): Promise<AuthorizationToken> => {
    const askedAt = now()
    const token = await fetchToken()
    const {expiresAt} = token
    current = {token, staleAt: Math.max(expiresAt - refreshBeforeMs, askedAt + (expiresAt - askedAt) / 2)}
    return token
  }

  return {
    async get() {
      if (current !== undefined && now() < current.staleAt) return current.token
      fetching ??= refetch().finally(() => {
        fetching = undefined
      })
      return fetching
    },
    invalidate() {
      current = undefined
    },
  }
}

/**
 * Reads the answer of GetAuthorizationToken: base64 of `AWS:<password>`, which is the Basic credential as it stands.
 *
 * @throws {FailureError} UNREADABLE_TOKEN.
 */
export function readToken(authorizationToken: string, expiresAt: Date): AuthorizationToken {
  const [username, password] = splitOnce(Buffer.from(authorizationToken, 'base64').toString('utf8'), ':')
  if (!/^[A-Za-z0-9+/=_-]+$/.test(authorizationToken) || username === '' || password === '') {
    throw new FailureError(
      'UNREADABLE_TOKEN',
      'The answer from GetAuthorizationToken held no user and password. Treated as an error.',
    )
  }
  return {
    authorization: `Basic ${authorizationToken}`,
    username,
    password,
    expiresAt: expiresAt.getTime(),
  }
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)]
}
