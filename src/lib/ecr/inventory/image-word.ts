import {UsageError} from '../../errors.ts'
import {type Digest, isDigest} from '../../oci/digest.ts'
import {oneLine} from '../../oci/one-line.ts'
import {isValidTag} from '../../oci/reference.ts'

/** An image as a user names it, and where it may be. */
export interface ImageWord {
  /** As it was written. */
  readonly text: string
  /** `[ALIAS[@REGION]/ | HOST/]REPOSITORY`: a word for `readSelections`. */
  readonly repository: string
  /** Null when a digest decides. */
  readonly tag: string | null
  /** Null when a tag decides. */
  readonly digest: Digest | null
}

/**
 * Reads `[ALIAS[@REGION]/ | HOST/]REPOSITORY(:TAG|@DIGEST)`; with both, the digest decides.
 *
 * @throws {UsageError} INVALID_REFERENCE.
 */
export function readImageWord(text: string): ImageWord {
  const slash = text.lastIndexOf('/') + 1
  const [, name = '', tag, digest] = /^([^:@]+)(?::([^@]*))?(?:@(.*))?$/.exec(text.slice(slash)) ?? []
  const repository = text.slice(0, slash) + name
  const isOne = name !== '' && !repository.includes('*') && (tag === undefined || isValidTag(tag))
  if (isOne && digest !== undefined && isDigest(digest)) return {text, repository, tag: null, digest}
  if (isOne && digest === undefined && tag !== undefined) return {text, repository, tag, digest: null}
  throw new UsageError(
    'INVALID_REFERENCE',
    `"${oneLine(text)}" names no image. Write REPOSITORY:TAG or REPOSITORY@sha256:…, after ALIAS/, ALIAS@REGION/ or HOST/ where not all registries are meant.`,
  )
}
