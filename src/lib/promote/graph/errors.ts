import {FailureError, RefusalError} from '../../errors.ts'
import type {Descriptor} from '../../oci/descriptor.ts'
import type {Digest} from '../../oci/digest.ts'
import {manifestTypes} from '../../oci/media-types.ts'
import {oneLine} from '../../oci/one-line.ts'
import type {Repository} from '../../oci/registry.ts'
import {graphLimits} from './reading.ts'

export function tooDeep(root: Digest, maxDepth: number): RefusalError {
  return new RefusalError(
    'INDEX_TOO_DEEP',
    `${root}: indexes are nested deeper than ${maxDepth}. Nothing was written.`,
  )
}

export function tooManyReferrers(repository: Repository, subject: Digest, count: number): RefusalError {
  return new RefusalError(
    'IMAGE_TOO_LARGE',
    `${whereOf(repository)}@${subject} has ${count} referrers; at most ${graphLimits.referrersPerSubject} are copied. Nothing was written. Leave out what refers to images: --no-referrers.`,
  )
}

export function wrongReferrer(subject: Digest, listed: Digest): RefusalError {
  return new RefusalError(
    'WRONG_REFERRER',
    `${subject}: the registry lists ${listed} as what refers to it, and that does not. Nothing was written. Leave out what refers to images: --no-referrers.`,
  )
}

export function notFound(repository: Repository, reference: string): FailureError {
  return new FailureError('IMAGE_NOT_FOUND', `${nameOf(repository, reference)} does not exist.`)
}

/** Of a child that the registry does not have as a manifest. Some indexes list layers (BuildKit's cache), which ECR takes none of. */
export function incomplete(
  repository: Repository,
  parent: Digest,
  {digest, mediaType}: Descriptor,
): FailureError | RefusalError {
  const where = `${whereOf(repository)}@${parent}`
  if (!manifestTypes.includes(mediaType)) {
    return new RefusalError(
      'UNSUPPORTED_MANIFEST',
      `${where} names ${digest} of type ${oneLine(mediaType, 100)}, which is no manifest; not supported.`,
    )
  }
  return new FailureError(
    'INCOMPLETE_SOURCE',
    `${where} names ${digest}, which the registry does not have. Push the whole index again.`,
  )
}

/** Host, repository, and tag or digest. */
export function nameOf(repository: Repository, reference: string): string {
  return `${whereOf(repository)}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`
}

export function whereOf({registry, name}: Repository): string {
  return `${registry.host}/${name}`
}
