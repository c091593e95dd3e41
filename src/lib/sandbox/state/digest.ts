import {createHash} from 'node:crypto'

/** Any digest that ECR's API takes for one (API reference, ImageIdentifier). */
export const digestPattern = /^[a-zA-Z0-9\-_+.]+:[a-fA-F0-9]+$/

/** The digest by which ECR knows these bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
