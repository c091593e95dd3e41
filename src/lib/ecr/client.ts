import {FailureError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {AwsCredentials, CredentialSource} from './session.ts'

/** What every SDK client of ours is made with: no retries of its own, credentials from us at each request. */
export function clientDefaults(credentials: CredentialSource) {
  // `memoized` tells the SDK that we do the caching, so that renewed credentials are seen by the next request.
  const provider = Object.assign((): Promise<AwsCredentials> => credentials.get(), {memoized: true})
  return {credentials: provider, maxAttempts: 1, retryMode: 'standard'} as const
}

/** An answer of the SDK, as far as it is the same for all operations. */
export interface Answer {
  readonly $metadata: {readonly requestId?: string | undefined}
}

/**
 * A field that the answer must have. The SDK reports success for an empty body, so that nothing would pass for "none".
 *
 * @throws {FailureError} MISSING_FIELD.
 */
export function required<T>(value: T | undefined, operation: string, field: string, answer: Answer): T {
  if (value !== undefined) return value
  throw new FailureError(
    'MISSING_FIELD',
    `The answer from ${operation} had no "${field}"${requestOf(answer)}. Treated as an error.`,
  )
}

/**
 * A field that holds what Gantry does not know: what it means is not guessed.
 *
 * @throws {FailureError} UNKNOWN_VALUE.
 */
export function unexpected(value: unknown, operation: string, field: string, answer: Answer): never {
  throw new FailureError(
    'UNKNOWN_VALUE',
    `The answer from ${operation} has ${oneLine(JSON.stringify(value), 80)} as "${field}"${requestOf(answer)}, which is not known. Treated as an error.`,
  )
}

/** An item that was asked for and is nowhere in the answer is not the same as one that does not exist. */
export function requireAll(
  asked: readonly (string | undefined)[],
  answered: ReadonlySet<string | undefined>,
  operation: string,
  answer: Answer,
): void {
  const missing = asked.find(item => !answered.has(item))
  if (missing !== undefined) required(undefined, `ECR ${operation}`, missing, answer)
}

function requestOf({$metadata: {requestId}}: Answer): string {
  return requestId === undefined ? '' : ` (request id ${oneLine(requestId, 80)})`
}
