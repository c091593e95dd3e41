import type {ImageFailureCode} from '../api/model/ecr.ts'
import {digestPattern} from './digest.ts'
import type {Image, Repository} from './repository.ts'

/** How the API names an image: by digest, by tag, or by both, which must then agree. */
export interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

/** One item that a batch call could not do; the call as a whole succeeds. */
export interface ImageFailure {
  readonly imageId: ImageId
  readonly failureCode: ImageFailureCode
  readonly failureReason: string
}

/** The image that `imageId` names, or why there is none. */
export function findImage(repository: Repository, imageId: ImageId): Image | ImageFailure {
  const {imageDigest, imageTag} = imageId
  if (imageDigest === undefined && imageTag === undefined) {
    return fail(
      imageId,
      'MissingDigestAndTag',
      'Invalid request parameters: both tag and digest cannot be null',
    )
  }
  if (imageDigest !== undefined && !digestPattern.test(imageDigest)) {
    return fail(
      imageId,
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    )
  }
  const tagged = imageTag === undefined ? imageDigest : repository.tags.get(imageTag)
  const image = tagged === undefined ? undefined : repository.images.get(tagged)
  if (image === undefined) return imageNotFound(imageId)
  if (imageDigest !== undefined && imageDigest !== image.digest) {
    // The wording is unconfirmed.
    return fail(imageId, 'ImageTagDoesNotMatchDigest', 'Requested image tag does not match the image digest')
  }
  return image
}

export function isFailure(found: Image | ImageFailure): found is ImageFailure {
  return 'failureCode' in found
}

export function imageNotFound(imageId: ImageId): ImageFailure {
  return fail(imageId, 'ImageNotFound', 'Requested image not found')
}

/** What a pull through the API is told of an archived image: both code and wording are unconfirmed. */
export function imageArchived(imageId: ImageId): ImageFailure {
  return fail(imageId, 'ImageInaccessible', 'Requested image is archived')
}

function fail(imageId: ImageId, failureCode: ImageFailureCode, failureReason: string): ImageFailure {
  return {imageId, failureCode, failureReason}
}

/**
 * Deletes what `imageId` names: a tag, and its image when that was the last one; or, by digest alone, the image with
 * all its tags.
 *
 * @param evenListed whether an image that an index lists can be deleted too; ECR keeps it.
 * @returns what was deleted, one entry for each tag, or why nothing was.
 */
export function deleteImage(
  repository: Repository,
  imageId: ImageId,
  evenListed = false,
): readonly ImageId[] | ImageFailure {
  const image = findImage(repository, imageId)
  if (isFailure(image)) return image
  const {digest} = image
  const tags = imageId.imageTag === undefined ? [...image.tags] : [imageId.imageTag]
  const last = tags.length === image.tags.size
  const indexes = repository.indexesOf(digest)
  if (last && indexes.length > 0 && !evenListed) {
    return fail(
      imageId,
      'ImageReferencedByManifestList',
      `Requested image referenced by manifest list: [${indexes.join(', ')}]`,
    )
  }
  for (const tag of tags) repository.removeTag(tag)
  if (last) repository.removeImage(digest)
  if (tags.length === 0) return [{imageDigest: digest}]
  return tags.map(imageTag => ({imageDigest: digest, imageTag}))
}
