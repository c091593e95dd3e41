import {DeniedError, FailureError, type GantryError, TransientError} from '../errors.ts'
import {certificateAdvice, isUntrusted} from './certificate-trouble.ts'
import {oneLine} from './one-line.ts'

/** The connection failed: nothing that the registry said. */
export class NetworkError extends Error {
  /** `ECONNRESET`, `ETIMEDOUT` and so on, where the system named one. */
  readonly code: string
  /** An idle connection that the server had closed already: says nothing about the server, so no need to wait. */
  readonly wasIdle: boolean

  constructor(message: string, details: {code?: string; wasIdle?: boolean; cause?: unknown} = {}) {
    super(message, {cause: details.cause})
    this.code = details.code ?? ''
    this.wasIdle = details.wasIdle ?? false
  }
}

/**
 * The registry answered with an error. It is the `cause` of the error that callers get, for those who need to know
 * the status or the registry's own code.
 */
export class RegistryError extends Error {
  readonly status: number
  /** The registry's code, such as `NAME_UNKNOWN` (OCI distribution-spec, error codes); empty when it gave none. */
  readonly code: string
  /** Milliseconds that the registry asks to wait. */
  readonly retryAfterMs: number | undefined
  /** What was had anew after this answer, or will be for the asking: each is worth one more try, at once. */
  readonly renewed: 'credentials' | 'link' | undefined
  /** It came to a request without credentials, as the protocol has it: no failure. */
  readonly isChallenge: boolean
  /** No more is to be had for hours, however slowly it is asked for. */
  readonly isUsedUp: boolean

  constructor(answer: {
    status: number
    code?: string
    message?: string
    retryAfterMs?: number | undefined
    renewed?: 'credentials' | 'link' | undefined
    isChallenge?: boolean
    isUsedUp?: boolean
  }) {
    super(answer.message ?? '')
    this.status = answer.status
    this.code = answer.code ?? ''
    this.retryAfterMs = answer.retryAfterMs
    this.renewed = answer.renewed
    this.isChallenge = answer.isChallenge ?? false
    this.isUsedUp = answer.isUsedUp ?? false
  }
}

/** What passes: of the registry, of what stands before it, and (520 to 524) of Cloudflare, behind which Docker Hub is. */
export const retriedStatuses: ReadonlySet<number> = new Set([
  408, 421, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524,
])
// Names that do not resolve, certificates that do not hold and servers that speak no TLS will not be better in a minute.
const permanentCodes =
  /^(?:ENOTFOUND$|EPROTO$|PROXY_REFUSED$|PROXY_NOT_FOUND$|ERR_SSL_WRONG_VERSION_NUMBER$|ERR_TLS_|ERR_INVALID_)/

export function isTransient(error: unknown): error is NetworkError | RegistryError {
  if (error instanceof RegistryError) return retriedStatuses.has(error.status) && !error.isUsedUp
  return error instanceof NetworkError && !permanentCodes.test(error.code) && !isUntrusted(error.code)
}

/** What went wrong, without where: `429 TOOMANYREQUESTS: slow down`. */
export function describeTrouble(error: NetworkError | RegistryError): string {
  if (error instanceof NetworkError) return oneLine(error.message.trim(), maxMessage)
  return [
    String(error.status),
    error.code && ` ${error.code}`,
    error.message && `: ${oneLine(error.message)}`,
  ].join('')
}

/** The error for callers. `request` is `METHOD /path`. */
export function publicError(host: string, request: string, error: NetworkError | RegistryError): GantryError {
  const where = `${host}: ${request}`
  const trouble = describeTrouble(error)
  if (error instanceof NetworkError) {
    if (error.code === 'ENOTFOUND') {
      return new TransientError(
        'HOST_NOT_FOUND',
        `${host}: no such host (${trouble}). Check the name and the network.`,
        {
          cause: error,
        },
      )
    }
    if (isUntrusted(error.code)) {
      return new FailureError(
        'CERTIFICATE_NOT_TRUSTED',
        `${where} failed: ${trouble}. ${certificateAdvice(error.code)}`,
        {cause: error},
      )
    }
    const code = error.code.startsWith('PROXY_') ? error.code : 'CONNECTION_FAILED'
    return new FailureError(code, `${where} failed: ${trouble}.`, {cause: error})
  }
  if (error.isUsedUp) {
    return new TransientError(
      'PULL_LIMIT',
      `${where} failed: ${trouble}. Log in to ${host} for a higher limit, or run again when it has passed, in some hours.`,
      {cause: error},
    )
  }
  if (error.status === 401 || error.status === 403) {
    const code = error.code || (error.status === 401 ? 'UNAUTHORIZED' : 'DENIED')
    return new DeniedError(code, `${where} was denied: ${trouble}`, {cause: error})
  }
  return new FailureError(error.code || 'REGISTRY_ERROR', `${where} failed: ${trouble}`, {cause: error})
}

/** Characters of a registry's text that are kept: ECR's denials name principal, action and resource, all of them long. */
const maxMessage = 1000

/**
 * Reads an error answer: the distribution-spec's `{"errors": [{code, message}]}`, the XML of object storage, or whatever
 * text it is.
 *
 * @param body at most 64 Ki characters.
 */
export function readRegistryError(
  status: number,
  body: string,
  headers: ReadonlyMap<string, string>,
  now: number,
): RegistryError {
  const text = body.trim()
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now)
  const first = firstError(text)
  const isUsedUp = status === 429 && (isPullLimit(first?.message) || isWindowUsedUp(headers))
  if (first !== undefined) return new RegistryError({status, ...first, retryAfterMs, isUsedUp})
  const isPage = text.startsWith('<')
  const message =
    storageError(text) ??
    (isPage
      ? 'the answer is a web page, not a registry’s. Is a proxy in the way?'
      : oneLine(text, maxMessage))
  return new RegistryError({status, message, retryAfterMs, isUsedUp})
}

/** Docker Hub, whose other limit, of requests a minute, has another text (docs.docker.com, "Docker Hub usage and limits"). */
function isPullLimit(message = ''): boolean {
  return /pull rate limit/i.test(message)
}

/** `RateLimit-Remaining: 0;w=21600`: Docker Hub's pulls in so many seconds. An answer to HEAD says nothing else. */
function isWindowUsedUp(headers: ReadonlyMap<string, string>): boolean {
  const [, seconds] = /^0;w=([0-9]{1,9})$/.exec(headers.get('ratelimit-remaining')?.trim() ?? '') ?? []
  return Number(seconds ?? 0) >= 3600
}

/** Code and message of S3 and its like; the rest may repeat the signed request. */
function storageError(text: string): string | undefined {
  const code = /<Error>\s*<Code>(\w{1,64})<\/Code>/.exec(text)?.[1]
  if (code === undefined) return undefined
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? ''
  return oneLine(`${code}: ${message.trim()}`, maxMessage)
}

function firstError(text: string): {code: string; message: string} | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  const error = field(field(document, 'errors'), '0')
  const code = field(error, 'code')
  const message = field(error, 'message')
  if (typeof code !== 'string' && typeof message !== 'string') return undefined
  return {
    code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : '',
    message: typeof message === 'string' ? oneLine(message.trim(), maxMessage) : '',
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
