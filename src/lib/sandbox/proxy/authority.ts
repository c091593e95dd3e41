import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import {createSecureContext, type SecureContext} from 'node:tls'
import {domains} from '../identity/partition.ts'
import {day} from '../time/durations.ts'
import {authorityCertificate, type KeyPair, keyIdentifier, serverCertificate} from './certificate.ts'

const authorityLifetime = 3650 * day
// Apple's limit, the strictest, is 398 days.
const serverLifetime = 397 * day

/** An authority as it is kept: certificate and private key, in PEM. */
export interface AuthorityText {
  readonly certificate: string
  readonly key: string
}

/** A new authority, good for ten years. `now` is what clients take for the time, in milliseconds since the epoch. */
export function createAuthority(now: number): AuthorityText {
  const keys = newKeys()
  return {
    certificate: authorityCertificate(
      keys,
      nameOf(keys.publicKey),
      domains,
      lifetime(now, authorityLifetime),
    ),
    key: keys.privateKey.export({type: 'pkcs8', format: 'pem'}),
  }
}

/** Whether this is an authority, undamaged, that outlives the certificates which it would issue now. */
export function isUsable({certificate, key}: AuthorityText, now: number): boolean {
  try {
    const parsed = new X509Certificate(certificate)
    return (
      parsed.ca &&
      parsed.checkPrivateKey(createPrivateKey(key)) &&
      Date.parse(parsed.validTo) >= now + serverLifetime
    )
  } catch {
    return false
  }
}

/** Vouches for servers, to whoever trusts the authority's certificate. Their certificates are made when they are asked for. */
export class Issuer {
  readonly #authority: {readonly keys: KeyPair; readonly name: string}
  readonly #now: () => number
  readonly #serverKeys = newKeys()
  readonly #contexts = new Map<string, SecureContext>()

  /** `now` is what clients take for the time, in milliseconds since the epoch. */
  constructor({key}: AuthorityText, now: () => number) {
    const privateKey = createPrivateKey(key)
    const publicKey = createPublicKey(privateKey)
    this.#authority = {keys: {privateKey, publicKey}, name: nameOf(publicKey)}
    this.#now = now
  }

  /** What a TLS server needs to be `host`. */
  contextFor(host: string): SecureContext {
    const known = this.#contexts.get(host)
    if (known !== undefined) return known
    const {privateKey, publicKey} = this.#serverKeys
    const context = createSecureContext({
      key: privateKey.export({type: 'pkcs8', format: 'pem'}),
      cert: serverCertificate(publicKey, host, this.#authority, lifetime(this.#now(), serverLifetime)),
    })
    this.#contexts.set(host, context)
    return context
  }
}

function newKeys(): KeyPair {
  return generateKeyPairSync('ec', {namedCurve: 'P-256'})
}

/** Each authority has a name of its own: a client may trust several. */
function nameOf(publicKey: KeyObject): string {
  return `Gantry sandbox ${keyIdentifier(publicKey).toString('hex').slice(0, 8)}`
}

/** From a day ago, for clients whose clock is behind. */
function lifetime(now: number, length: number) {
  return {notBefore: new Date(now - day), notAfter: new Date(now - day + length)}
}
