import {DeniedError, RefusalError} from '../errors.ts'
import {type AnswerBody, maxSmallBody} from './answer-body.ts'
import {type Authorizer, type Scope, secretsOf} from './auth.ts'
import {hideSecrets} from './hide-secrets.ts'
import {oneLine} from './one-line.ts'
import type {Pace, Turn} from './pace.ts'
import {RegistryError, readRegistryError, retriedStatuses} from './registry-error.ts'
import {createTokenClient} from './token-client.ts'
import type {HttpRequest, RequestBody, Transport} from './transport.ts'
import {redacted, type UrlPolicy} from './url-policy.ts'

const maxRedirects = 5

/** A request to a registry, with what it takes to be allowed. */
export interface RegistryRequest {
  readonly method: HttpRequest['method']
  /** On the registry's origin. */
  readonly url: URL
  readonly scope: Scope
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestBody
  readonly isCommit?: boolean
  /** Statuses that are an answer; any other is a {@link RegistryError}. */
  readonly expected: readonly number[]
}

/** Headers by their names in lower case; of those that came more than once the first, or all with commas between. */
export type Headers = ReadonlyMap<string, string>

export interface RegistryAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: AnswerBody
  /** Where the answer came from, after redirects. */
  readonly url: URL
}

/** Sends one request: with credentials to the registry, without any to where it redirects. Repeats nothing. */
export type Exchange = (request: RegistryRequest) => Promise<RegistryAnswer>

export interface ExchangeOptions {
  readonly transport: Transport
  readonly policy: UrlPolicy
  readonly authorizer: Authorizer
  /** How fast requests of this kind may go to the registry; to where it redirects they go as they come. */
  readonly paceOf: (request: {readonly method: string; readonly url: URL}) => Pace
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * @returns an {@link Exchange}, which throws {RegistryError} and {NetworkError} for {@link Retries} to judge, and what
 *   the URL policy and the authorizer throw.
 */
export function createExchange(options: ExchangeOptions): Exchange {
  const {transport, policy, authorizer, paceOf, signal, now} = options
  const tokens = createTokenClient(transport, policy, now)

  async function hop(
    request: RegistryRequest,
    url: URL,
    authorization: string | undefined,
  ): Promise<RegistryAnswer> {
    const {method, body, isCommit} = request
    const answer = await transport.send({
      method,
      url,
      headers: {...request.headers, ...(authorization === undefined ? {} : {Authorization: authorization})},
      ...(body === undefined ? {} : {body}),
      ...(isCommit === undefined ? {} : {isCommit}),
    })
    const headers = new Map<string, string>()
    for (const [name, value] of Object.entries(answer.headers)) {
      const first = Array.isArray(value) ? value[0] : value
      if (first !== undefined) headers.set(name, first)
    }
    return {status: answer.status, headers, body: answer.body, url}
  }

  async function follow(
    request: RegistryRequest,
    first: RegistryAnswer,
    authorization: string | undefined,
  ): Promise<RegistryAnswer> {
    let answer = first
    let credentials = authorization
    for (let hops = 0; isRedirect(answer.status) && !request.expected.includes(answer.status); hops++) {
      const location = answer.headers.get('location')
      await answer.body.discard()
      if (location === undefined) throw refused(answer, 'without saying where to')
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw refused(answer, `to a ${request.method}`)
      if (hops === maxRedirects) throw refused(answer, `for the ${hops + 1}th time`)
      const target = policy.redirect(answer.url, location)
      // Once away from the registry, credentials do not come back: a stranger's redirect is no request of ours.
      if (!policy.isRegistry(target)) credentials = undefined
      answer = await hop(request, target, credentials)
    }
    return answer
  }

  async function fail(
    request: RegistryRequest,
    answer: RegistryAnswer,
    sent: string | undefined,
    turn: Turn,
  ): Promise<never> {
    const text = hideSecrets(new TextDecoder().decode(await errorBody(answer)), secretsOf(sent))
    const error = readRegistryError(answer.status, text, answer.headers, now())
    const {status, code, message, retryAfterMs, isUsedUp} = error
    // ECR answers 403 rather than 401 when a token's 12 hours are over.
    const isExpired = status === 403 && /authorization token has expired/i.test(message)
    if (!policy.isRegistry(answer.url)) {
      const where = answer.url.host
      // Storage refuses a link whose time is over; the registry gives a new one for the asking.
      const renewed = status === 403 ? 'link' : undefined
      throw new RegistryError({status, code, message: `${where}: ${message}`, retryAfterMs, renewed})
    }
    if (isUsedUp) throw error
    if (isThrottle(error)) turn.throttled(retryAfterMs)
    if (!(status === 401 || isExpired)) throw error
    const isRenewed = await authorizer.renew(
      request.scope,
      {sent, challenge: answer.headers.get('www-authenticate')},
      tokens,
    )
    const renewed = isRenewed ? 'credentials' : undefined
    throw new RegistryError({status, code, message, retryAfterMs, renewed, isChallenge: sent === undefined})
  }

  return async request => {
    const sent = await authorizer.authorize(request.scope, tokens)
    const turn = await paceOf(request).turn(signal)
    const answer = await follow(request, await hop(request, request.url, sent), sent)
    if (!request.expected.includes(answer.status)) {
      if (answer.status === 401 && !policy.isRegistry(answer.url)) {
        await answer.body.discard()
        throw new DeniedError(
          'FOREIGN_CHALLENGE',
          `${redacted(answer.url)}: authentication challenge from a host that is not the registry ${policy.registry.host}.`,
        )
      }
      await fail(request, answer, sent, turn)
    }
    const encoding = answer.headers.get('content-encoding')
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      answer.body.cut()
      throw new RefusalError(
        'CONTENT_ENCODING',
        `${redacted(answer.url)} is encoded (${oneLine(encoding, 40)}) though plain bytes were asked for. Refused.`,
      )
    }
    return answer
  }
}

async function errorBody({status, body, url}: RegistryAnswer): Promise<Uint8Array> {
  // From a server that is not this host's (RFC 9110, section 15.5.20): the next try is to have another connection.
  if (status === 421) {
    body.cut()
    return new Uint8Array()
  }
  // What will pass may be told at length: a proxy's page. All else that goes on and on is refused.
  return retriedStatuses.has(status)
    ? await body.start(maxSmallBody)
    : await body.bytes(maxSmallBody, `The error of ${redacted(url)}`)
}

/** A 503 may be about anything; one that asks for a pause is about the load. */
function isThrottle({status, retryAfterMs}: RegistryError): boolean {
  return status === 429 || (status === 503 && retryAfterMs !== undefined)
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304
}

function refused(answer: RegistryAnswer, how: string): RefusalError {
  return new RefusalError(
    'REDIRECT_REFUSED',
    `${redacted(answer.url)} answered with a redirect ${how}. Refused.`,
  )
}
