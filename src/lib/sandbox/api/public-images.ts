import type {Image, Repository} from '../state/repository.ts'
import {requireImage} from './image-listings.ts'
import {imageOperations} from './images.ts'
import {layerOperations} from './layers.ts'
import type {
  BatchCheckLayerAvailabilityResponse,
  BatchDeleteImageResponse,
  ImageDetail,
  ImageTagDetail,
  ReferencedImageDetail,
} from './model/ecr-public.ts'
import {type EcrPublicHandlers, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'
import {inPublic, publicRepositoryOf} from './public-registry.ts'

export const publicImageOperations = {
  // Nothing is archived in a public registry, nor comes from an upstream one.
  BatchCheckLayerAvailability: (call, input) =>
    layerOperations.BatchCheckLayerAvailability(
      ...inPublic(call, input),
    ) as BatchCheckLayerAvailabilityResponse,
  InitiateLayerUpload: (call, input) => layerOperations.InitiateLayerUpload(...inPublic(call, input)),
  UploadLayerPart: (call, input) => layerOperations.UploadLayerPart(...inPublic(call, input)),
  CompleteLayerUpload: (call, input) => layerOperations.CompleteLayerUpload(...inPublic(call, input)),
  PutImage: (call, input) => imageOperations.PutImage(...inPublic(call, input)),
  BatchDeleteImage: (call, input) =>
    imageOperations.BatchDeleteImage(...inPublic(call, input)) as BatchDeleteImageResponse,

  DescribeImages: (call, input) => {
    const repository = publicRepositoryOf(call, input)
    if (input.imageIds !== undefined) {
      refusePaging(input, 'imageIds')
      const images = input.imageIds.map(imageId => requireImage(repository, imageId))
      return {imageDetails: images.map(image => detailOf(repository, image))}
    }
    const {items, ...next} = page(call, repository.arn, input, from => details(repository, from))
    return {imageDetails: items, ...next}
  },

  DescribeImageTags: (call, input) => {
    const repository = publicRepositoryOf(call, input)
    const {items, ...next} = page(call, repository.arn, input, from => tagDetails(repository, from))
    return {imageTagDetails: items, ...next}
  },
} satisfies Partial<EcrPublicHandlers>

function* details(
  repository: Repository,
  from: string,
): Generator<readonly [digest: string, value: ImageDetail]> {
  for (const [digest, image] of repository.images.from(from)) yield [digest, detailOf(repository, image)]
}

function* tagDetails(
  repository: Repository,
  from: string,
): Generator<readonly [tag: string, value: ImageTagDetail]> {
  for (const [tag, digest] of repository.tags.from(from)) {
    const image = repository.images.get(digest)
    if (image === undefined) continue
    // When a tag was set is not kept: it says when its image was pushed.
    yield [tag, {imageTag: tag, createdAt: seconds(image.pushedAt), imageDetail: referenceTo(image)}]
  }
}

function detailOf(repository: Repository, image: Image): ImageDetail {
  return {
    ...where(repository),
    ...(image.tags.size === 0 ? {} : {imageTags: [...image.tags]}),
    ...referenceTo(image),
  }
}

function referenceTo({
  digest,
  imageSize,
  pushedAt,
  mediaType,
  configMediaType,
}: Image): ReferencedImageDetail {
  return {
    imageDigest: digest,
    imageSizeInBytes: imageSize,
    imagePushedAt: seconds(pushedAt),
    imageManifestMediaType: mediaType,
    ...(configMediaType === undefined ? {} : {artifactMediaType: configMediaType}),
  }
}
