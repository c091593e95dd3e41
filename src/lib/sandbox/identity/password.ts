import type {Caller} from './caller.ts'
import type {Seal} from './seal.ts'

const lifetime = 12 * 60 * 60 * 1000

/**
 * The password of a registry login: it says who asked, for which region, and until when, twelve hours from `now`. Laid
 * out as ECR's own, which some clients look into. It outlives the session that asked for it (unconfirmed for ECR).
 */
export function issuePassword(
  seal: Seal,
  caller: Caller,
  region: string,
  now: number,
): {readonly password: string; readonly expiresAt: number} {
  const expiresAt = now + lifetime
  const password = {
    payload: seal.close('password', {caller, region, expiresAt}),
    version: '2',
    type: 'DATA_KEY',
    expiration: Math.floor(expiresAt / 1000),
  }
  return {password: Buffer.from(JSON.stringify(password)).toString('base64'), expiresAt}
}

/** What a password says: who asked for it, for which region, and until when. */
export interface Login {
  readonly caller: Caller
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Reads a Basic authorization header; undefined when there is none, or its password was not issued here. */
export function readBasic(header: string | undefined, seal: Seal): Login | undefined {
  const [scheme = '', encoded = ''] = (header ?? '').split(' ')
  if (scheme.toLowerCase() !== 'basic') return undefined
  return readCredentials(encoded, seal)
}

/** Reads user and password as a Basic authorization has them; undefined unless they were issued here. */
export function readCredentials(encoded: string, seal: Seal): Login | undefined {
  const [, password] = /^AWS:(.+)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password === undefined
    ? undefined
    : (seal.open('password', payloadOf(password)) as Login | undefined)
}

function payloadOf(password: string): string {
  try {
    const {payload} = JSON.parse(Buffer.from(password, 'base64').toString()) as {payload?: unknown}
    return typeof payload === 'string' ? payload : ''
  } catch {
    return ''
  }
}
