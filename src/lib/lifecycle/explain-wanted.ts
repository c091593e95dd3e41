import type {ImageRecord} from '../ecr/inventory/model.ts'
import {UsageError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'

/** An image that somebody asks about, by a tag or by its digest. */
export interface Wanted {
  /** As it was written. */
  readonly text: string
  /** `[ALIAS/]REPOSITORY`, or with a host. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

/**
 * Reads `[ALIAS/]REPOSITORY:TAG`, `[ALIAS/]REPOSITORY@DIGEST`, or either with a host.
 *
 * @throws {UsageError} INVALID_REFERENCE.
 */
export function readWanted(text: string): Wanted {
  const at = text.indexOf('@')
  const end = at === -1 ? text.lastIndexOf(':') : at
  const [repository, rest] = [text.slice(0, Math.max(end, 0)), text.slice(end + 1)]
  const isNamed = /^([^*]+\/)?[^/:*@]+$/.test(repository)
  if (isNamed && at !== -1 && isDigest(rest)) return {text, repository, digest: rest}
  if (isNamed && at === -1 && rest !== '' && !rest.includes('/')) return {text, repository, tag: rest}
  throw new UsageError(
    'INVALID_REFERENCE',
    `"${oneLine(text)}" names no image. Write REPOSITORY:TAG or REPOSITORY@sha256:....`,
  )
}

export function isWanted({digest, tags}: ImageRecord, wanted: Wanted): boolean {
  return wanted.digest === undefined ? tags.includes(wanted.tag ?? '') : digest === wanted.digest
}
