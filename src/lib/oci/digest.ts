import {createHash} from 'node:crypto'
import {UsageError} from '../errors.ts'

/** A SHA-256 digest in its canonical text form. ECR stores no other algorithm (ECR API, ImageDigest). */
export type Digest = `sha256:${string}`

const pattern = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

/**
 * Checks that `text` is a canonical SHA-256 digest.
 *
 * @throws {UsageError} INVALID_DIGEST, naming the text.
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  throw new UsageError(
    'INVALID_DIGEST',
    `"${shown}" is not a digest. Expected sha256: and 64 lower-case hex digits.`,
  )
}

/** The digest of exactly these bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
