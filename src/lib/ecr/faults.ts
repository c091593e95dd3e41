/** A failed SDK call, read once into a plain value. */
export interface Fault {
  /** Exception name, for example `RepositoryNotFoundException`, or the class of a JavaScript error. */
  readonly name: string
  readonly message: string
  /** Node's code of a network error, for example `ECONNRESET`. */
  readonly networkCode?: string | undefined
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  /** What `Retry-After` asks for. */
  readonly retryAfterMs?: number | undefined
  /** Clock of the service, milliseconds since the epoch. */
  readonly serverTime?: number | undefined
  /** The SDK has learned the offset of this machine's clock and signs with it from now on. */
  readonly clockCorrected: boolean
}

/**
 * `throttled` and `transient` are worth another try, `unsettled` a few, `expired` after new credentials, `clock` once
 * after the SDK has corrected itself.
 */
export type FaultKind =
  | 'throttled'
  | 'transient'
  | 'unsettled'
  | 'expired'
  | 'clock'
  | 'denied'
  | 'credentials'
  | 'final'

/** Reads what the SDK threw; total over every value. */
export function readFault(error: unknown): Fault {
  const fields = record(error)
  const metadata = record(fields['$metadata'])
  const headers = record(record(fields['$response'])['headers'])
  const date = Date.parse(text(headers['date']) ?? '')
  return {
    name: text(fields['name']) ?? 'Error',
    message: withoutRequest(text(fields['message']) ?? text(fields['Message']) ?? String(error)),
    networkCode: text(fields['code']),
    status: number(metadata['httpStatusCode']),
    requestId: text(metadata['requestId']) ?? text(headers['x-amzn-requestid']),
    retryAfterMs: retryAfter(headers),
    serverTime: Number.isNaN(date) ? undefined : date,
    clockCorrected: metadata['clockSkewCorrected'] === true,
  }
}

/** A service that rejects a signature may repeat the request that it should have signed, session token included. */
function withoutRequest(message: string): string {
  return message
    .replace(/\s*The (?:Canonical String|String-to-Sign)\b.*/s, '')
    .replace(/(x-amz-security-token)\S*\s*[^\s&]+/gi, '$1')
}

const throttled: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  // Of one item of BatchGetImage: the registry behind a pull-through cache.
  'UpstreamTooManyRequests',
])

const transientNames: ReadonlySet<string> = new Set([
  'InternalFailure',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServerException',
  'ServiceUnavailable',
  'TimeoutError',
])

const transientCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'PROXY_UNAVAILABLE',
])

const expired: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
])
const clock: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])
const denied: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException'])
const credentials: ReadonlySet<string> = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'TokenProviderError',
  'UnrecognizedClientException',
])

/** `LimitExceededException` is a quota, not a rate, in ECR: final, other than in the SDK's own classification. */
export function kindOf({name, networkCode, status = 0}: Fault): FaultKind {
  if (throttled.has(name) || status === 429) return 'throttled'
  // A manifest that was stored a moment ago may not be seen yet by the index that lists it.
  if (name === 'ReferencedImagesNotFoundException') return 'unsettled'
  if (expired.has(name)) return 'expired'
  if (clock.has(name)) return 'clock'
  if (denied.has(name)) return 'denied'
  if (credentials.has(name)) return 'credentials'
  if (transientNames.has(name) || transientCodes.has(networkCode ?? '') || status === 408 || status >= 500) {
    return 'transient'
  }
  return 'final'
}

/** `RepositoryNotFoundException` as `REPOSITORY_NOT_FOUND`. */
export function codeOf({name}: Fault): string {
  return name
    .replace(/Exception$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
}

function retryAfter(headers: Readonly<Record<string, unknown>>): number | undefined {
  const milliseconds = Number(text(headers['x-amz-retry-after']) ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds
  const seconds = Number(text(headers['retry-after']) ?? Number.NaN)
  return seconds >= 0 ? seconds * 1000 : undefined
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
