import {createHash} from 'node:crypto'

/** A SHA-256 digest in its canonical text form. ECR stores no other algorithm (ECR API, ImageDigest). */
export type Digest = `sha256:${string}`

const pattern = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

/** The digest of exactly these bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
