import type {Scope} from './auth.ts'
import type {Exchange, Headers, RegistryAnswer, RegistryRequest} from './exchange.ts'
import type {Limiter} from './limiter.ts'
import type {RegistryContext} from './registry.ts'
import type {Retries} from './retry.ts'
import type {UrlPolicy} from './url-policy.ts'

/** What all operations on one registry share. */
export interface Session {
  /** The registry's name in messages. */
  readonly host: string
  readonly context: RegistryContext
  readonly policy: UrlPolicy
  readonly exchange: Exchange
  readonly retries: Retries
  /** Of requests with small bodies and small answers, which are never to wait for the bytes of a blob. */
  readonly requests: Limiter
  /** Of blobs being sent. */
  readonly uploads: Limiter
  /**
   * Of blobs being read: an upload holds its slot while it opens its source, and where both are one registry it would
   * wait for a slot that only uploads could give back.
   */
  readonly downloads: Limiter
  /** One at a time: each change of a list of referrers begins with reading it. */
  readonly referrersTags: Limiter
}

/** An answer that has been read to its end. */
export interface CompleteAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  readonly url: URL
}

/** Asks for one thing with a small answer: in a slot of the limiter, repeated as long as that may help. */
export async function ask(
  session: Session,
  request: RegistryRequest,
  limit: number,
): Promise<CompleteAnswer> {
  const label = labelOf(request)
  return session.retries.run(label, () =>
    session.requests.run(async () => complete(await session.exchange(request), limit, label)),
  )
}

/** Reads an answer to its end. */
export async function complete(
  answer: RegistryAnswer,
  limit: number,
  label: string,
): Promise<CompleteAnswer> {
  const {status, headers, body, url} = answer
  return {status, headers, url, bytes: await body.bytes(limit, `The answer to ${label} of ${url.host}`)}
}

/** How messages call a request: `GET /v2/app/tags/list`, without the query. */
export function labelOf({method, url}: {method: string; url: URL}): string {
  return `${method} ${url.pathname}`
}

/** The URL of something in a repository; names are checked before, so that no part can leave its place. */
export function repositoryUrl(session: Session, repository: string, rest: string): URL {
  return new URL(`/v2/${repository}/${rest}`, session.policy.registry)
}

export function pulling(repository: string): Scope {
  return {repository, actions: 'pull'}
}

export function pushing(repository: string): Scope {
  return {repository, actions: 'pull,push'}
}
