import {EcrError} from '../ecr-error.ts'
import {imagePushed, imagesDeleted} from '../image-changes.ts'
import {pullThrough} from '../pull-through/pull.ts'
import {
  deleteImage,
  findImage,
  type ImageFailure,
  type ImageId,
  imageArchived,
  isFailure,
} from '../state/image-ids.ts'
import {putImage, tagAlreadyExists} from '../state/images.ts'
import {recordPull} from '../state/pull-times.ts'
import type {Image, Repository} from '../state/repository.ts'
import {isImmutable} from '../state/tag-mutability.ts'
import type {Image as ApiImage} from './model/ecr.ts'
import {type EcrHandlers, repositoryOf, where} from './operation.ts'

export const imageOperations = {
  // Nothing is converted: ECR never does by digest; whether it still does by tag is unconfirmed.
  BatchGetImage: async (call, input) => {
    const {registryId: account = call.caller.account, repositoryName: name} = input
    const images: ApiImage[] = []
    const failures: ImageFailure[] = []
    for (const imageId of input.imageIds) {
      const unavailable = await pullThrough(call, call.access, {account, region: call.region, name}, imageId)
      if (unavailable !== undefined) {
        failures.push(unavailable)
        continue
      }
      const repository = repositoryOf(call, input)
      const image = findImage(repository, imageId)
      if (isFailure(image)) {
        failures.push(image)
      } else if (image.status !== undefined) {
        failures.push(imageArchived(imageId))
      } else {
        const bytes = await call.world.holdings.readWhole(image.digest)
        images.push(imageAnswer(repository, image, imageId.imageTag, bytes.toString()))
        recordPull(call.world, call.caller, repository, image.digest, call.now())
      }
    }
    return {images, failures}
  },

  PutImage: async (call, input) => {
    const repository = repositoryOf(call, input)
    const {image, changed} = await putImage(
      call.world,
      repository,
      {
        bytes: Buffer.from(input.imageManifest),
        mediaType: input.imageManifestMediaType,
        tag: input.imageTag,
        digest: input.imageDigest,
      },
      call.now(),
    )
    if (!changed) throw alreadyExists(repository, image, input.imageTag)
    imagePushed(call, repository, image, input.imageTag)
    return {image: imageAnswer(repository, image, input.imageTag, input.imageManifest)}
  },

  BatchDeleteImage: (call, input) => {
    const repository = repositoryOf(call, input)
    const deleted: ImageId[] = []
    const failures: ImageFailure[] = []
    for (const imageId of input.imageIds) {
      const outcome = deleteImage(repository, imageId)
      if ('failureCode' in outcome) failures.push(outcome)
      else deleted.push(...outcome)
    }
    imagesDeleted(call, repository, deleted)
    return {imageIds: deleted, failures}
  },
} satisfies Partial<EcrHandlers>

function imageAnswer(
  repository: Repository,
  image: Image,
  tag: string | undefined,
  manifest: string,
): ApiImage {
  return {
    ...where(repository),
    imageId: {imageDigest: image.digest, ...(tag === undefined ? {} : {imageTag: tag})},
    imageManifest: manifest,
    imageManifestMediaType: image.mediaType,
  }
}

// Which of the two exceptions an immutable tag with the same digest gives is unconfirmed (reports contradict).
function alreadyExists(repository: Repository, image: Image, tag: string | undefined): EcrError {
  if (tag !== undefined && isImmutable(tag, repository.settings.tagMutability)) {
    return tagAlreadyExists(repository, tag)
  }
  const tagged = tag === undefined ? '' : ` and tag '${tag}'`
  return new EcrError(
    'ImageAlreadyExistsException',
    `Image with digest '${image.digest}'${tagged} already exists in the repository with name '${repository.id.name}' in registry with id '${repository.id.account}'`,
  )
}
