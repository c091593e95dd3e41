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

/** Whom a Basic authorization header speaks for, or why it does not count. */
export function readBasic(
  header: string | undefined,
  region: string,
  seal: Seal,
  now: number,
): Caller | 'missing' | 'expired' | 'other-region' {
  const [scheme = '', encoded = ''] = (header ?? '').split(' ')
  if (scheme.toLowerCase() !== 'basic') return 'missing'
  const [, password] = /^AWS:(.+)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  const token = password === undefined ? undefined : seal.open('password', payloadOf(password))
  if (token === undefined) return 'missing'
  if ((token['expiresAt'] as number) <= now) return 'expired'
  return token['region'] === region ? (token['caller'] as Caller) : 'other-region'
}

function payloadOf(password: string): string {
  try {
    const {payload} = JSON.parse(Buffer.from(password, 'base64').toString()) as {payload?: unknown}
    return typeof payload === 'string' ? payload : ''
  } catch {
    return ''
  }
}
