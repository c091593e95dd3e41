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
  const id = answer.$metadata.requestId
  const request = id === undefined ? '' : ` (request id ${oneLine(id, 80)})`
  throw new FailureError(
    'MISSING_FIELD',
    `The answer from ${operation} had no "${field}"${request}. Treated as an error.`,
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
