import {randomUUID} from 'node:crypto'
import {basicValue, type Login} from '../../../src/lib/oci/auth.ts'
import type {Site} from './internet.ts'

/** What a token is good for: actions by repository. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>

export interface TokenWords {
  readonly realm: string
  readonly service: string
  /** What it answers around the token. */
  readonly answer: (token: string) => object
  /** Takes the OAuth2 form with a refresh token, and nothing else. */
  readonly oauth?: boolean
  /** Requests that a token is good for: one that ends in the middle of a run. */
  readonly uses?: number
  /**
   * Of what is asked for, what is granted; undefined refuses with 403. Default: all of it to who logged in, and pulls to
   * everybody.
   */
  readonly grant?: (
    repository: string,
    actions: readonly string[],
    isKnown: boolean,
  ) => readonly string[] | undefined
  /** Scopes that it understands; others are answered with 400. */
  readonly scopes?: RegExp
}

/** A token service that knows one user, and the registry's side of it. */
export interface TokenService {
  readonly site: Site
  /** Every token that it gave. */
  readonly given: string[]
  /** Whether an Authorization value is good for an action. */
  allows(authorization: string | undefined, repository: string, action: string): boolean
}

export function createTokenService(words: TokenWords, login: Login): TokenService {
  const tokens = new Map<string, {readonly grants: Grants; uses: number}>()
  const given: string[] = []
  const grant =
    words.grant ??
    ((_, actions, isKnown) => (isKnown ? actions : actions.filter(action => action === 'pull')))

  function read(method: string, url: string, body: Buffer, authorization: string | undefined) {
    const query = new URL(url, 'https://tokens').searchParams
    if (!words.oauth) {
      const isKnown = authorization === basicValue(login)
      return {
        isMeant: method === 'GET' && (isKnown || authorization === undefined),
        isKnown,
        query,
        scopes: query.getAll('scope'),
      }
    }
    const form = new URLSearchParams(body.toString())
    const isKnown = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === login.password
    return {
      isMeant: method === 'POST' && isKnown,
      isKnown,
      query: form,
      scopes: (form.get('scope') ?? '').split(' '),
    }
  }

  return {
    given,
    site({method, url, body, headers}, response) {
      const {isMeant, isKnown, query, scopes} = read(method, url, body, headers.authorization)
      if (!isMeant) return void response.writeHead(401).end('{"errors": [{"code": "UNAUTHORIZED"}]}')
      if (query.get('service') !== words.service || !scopes.every(scope => (words.scopes ?? /^/).test(scope)))
        return void response.writeHead(400).end('{"errors": [{"code": "INVALID_REQUEST"}]}')
      const grants = new Map<string, ReadonlySet<string>>()
      for (const scope of scopes) {
        const [, repository = '', actions = ''] = /^repository:(.+):([a-z_,]+)$/.exec(scope) ?? []
        const granted = grant(repository, actions.split(','), isKnown)
        if (granted === undefined) return void response.writeHead(403).end('{"errors": [{"code": "DENIED"}]}')
        grants.set(repository, new Set(granted))
      }
      const token = `tok.${randomUUID()}`
      given.push(token)
      tokens.set(token, {grants, uses: words.uses ?? Number.POSITIVE_INFINITY})
      response.writeHead(200, {'Content-Type': 'application/json'}).end(JSON.stringify(words.answer(token)))
    },
    allows(authorization, repository, action) {
      const token = tokens.get(authorization?.replace(/^Bearer /, '') ?? '')
      if (token === undefined || !token.grants.get(repository)?.has(action)) return false
      return token.uses-- > 0
    },
  }
}
