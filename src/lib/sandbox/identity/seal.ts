import {createHmac, timingSafeEqual} from 'node:crypto'

/**
 * Values that the sandbox hands out and recognises later without keeping a table: session tokens, registry passwords,
 * page tokens, download links. Anyone can read them; nobody else can make them.
 */
export class Seal {
  readonly #secret: Uint8Array

  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** `purpose` keeps a value that was made for one thing from being used for another. */
  close(purpose: string, value: object): string {
    const payload = Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${payload}.${this.#signature(purpose, payload).toString('base64url')}`
  }

  /** The value, or undefined when this text was not made here for this purpose. */
  open(purpose: string, text: string): Readonly<Record<string, unknown>> | undefined {
    const [payload = '', signature = '', ...rest] = text.split('.')
    const given = Buffer.from(signature, 'base64url')
    const expected = this.#signature(purpose, payload)
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
      return undefined
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  }

  #signature(purpose: string, payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${payload}`).digest()
  }
}
