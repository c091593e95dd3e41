import {randomBytes} from 'node:crypto'
import type {SessionOf} from '../identity/caller.ts'
import {mintKeyId} from '../identity/keys.ts'
import type {Session} from '../identity/signature.ts'
import type {Services} from '../services.ts'
import type {Xml} from '../xml.ts'

/** Temporary credentials of an account; what they are for is sealed into their session token. */
export function temporaryCredentials(
  {seal, now}: Services,
  account: string,
  of: SessionOf,
  seconds: number,
): Xml {
  const keyId = mintKeyId(account)
  const expiresAt = now() + seconds * 1000
  const session: Session = {...of, keyId, expiresAt}
  return {
    AccessKeyId: keyId,
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: seal.close('session', session),
    Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}
