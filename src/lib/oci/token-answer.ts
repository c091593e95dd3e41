import {DeniedError} from '../errors.ts'
import {isFields} from './descriptor.ts'

export interface Token {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

// Docker's token specification: tokens without expires_in live 60 s. GHCR and Quay say nothing.
const defaultLifetimeS = 60

/**
 * Reads what a token service answered.
 *
 * @param when `asked` by our clock; `date` by that of the service, to which alone its `issued_at` can be compared: it
 *   may hand out a token that it made before.
 * @param where the service, for messages.
 */
export function parseToken(
  body: Uint8Array,
  {asked, date}: {readonly asked: number; readonly date: number | undefined},
  where: string,
): Token {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder().decode(body))
  } catch {
    document = undefined
  }
  const {
    token,
    access_token: accessToken,
    expires_in: lifetime,
    issued_at: issued,
  } = isFields(document) ? document : {}
  const value = token ?? accessToken
  // RFC 6750, b64token: anything else could not be a header's value.
  if (typeof value !== 'string' || !/^[A-Za-z0-9._~+/-]+=*$/.test(value)) {
    throw new DeniedError('BAD_TOKEN', `${where} answered without a usable token.`)
  }
  const lifetimeS = typeof lifetime === 'number' && lifetime > 0 ? lifetime : defaultLifetimeS
  const issuedAt = typeof issued === 'string' ? Date.parse(issued) : Number.NaN
  const ageMs = date === undefined || Number.isNaN(issuedAt) ? 0 : Math.max(0, date - issuedAt)
  return {value, expires: asked + lifetimeS * 1000 - ageMs}
}
