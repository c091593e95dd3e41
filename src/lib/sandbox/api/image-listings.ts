import {EcrError} from '../ecr-error.ts'
import {pullReferrersThrough} from '../pull-through/parts.ts'
import {scanSummaryOf} from '../scanning/summary.ts'
import {findImage, type ImageId, isFailure} from '../state/image-ids.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {
  DescribeImagesFilter,
  ImageDetail,
  ImageReferrer,
  ImageStatusFilter,
  ListImageReferrersFilter,
} from './model/ecr.ts'
import {type Call, type EcrHandlers, repositoryOf, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'

export const imageListingOperations = {
  DescribeImages: (call, input) => {
    const repository = repositoryOf(call, input)
    if (input.imageIds !== undefined) {
      refusePaging(input, 'imageIds')
      return {
        imageDetails: input.imageIds.map(imageId =>
          detailOf(call, repository, requireImage(repository, imageId)),
        ),
      }
    }
    const filter = input.filter ?? {}
    const {items, ...next} = page(call, repository.arn, input, from =>
      describe(call, repository, filter, from),
    )
    return {imageDetails: items, ...next}
  },

  ListImages: (call, input) => {
    const repository = repositoryOf(call, input)
    const filter = input.filter ?? {}
    const {items, ...next} = page(call, repository.arn, input, from => identify(repository, filter, from))
    return {imageIds: items, ...next}
  },

  ListImageReferrers: async (call, input) => {
    const repository = repositoryOf(call, input)
    const subject = input.subjectId.imageDigest
    await pullReferrersThrough(call, call.access, repository, subject)
    const filter = input.filter ?? {}
    const scope = `${repository.arn} ${subject}`
    const {items, ...next} = page(
      call,
      scope,
      input,
      from => referrers(repository, subject, filter, from),
      20,
    )
    return {referrers: items, ...next}
  },
} satisfies Partial<EcrHandlers>

type Listing<T> = Generator<readonly [key: string, value: T]>

function* describe(
  call: Call,
  repository: Repository,
  filter: DescribeImagesFilter,
  from: string,
): Listing<ImageDetail> {
  for (const [digest, image] of repository.images.from(from)) {
    if (passes(image, filter)) yield [digest, detailOf(call, repository, image)]
  }
}

/** One entry for each tag, and one for an image without any. */
function* identify(repository: Repository, filter: DescribeImagesFilter, from: string): Listing<ImageId> {
  // A tag may have spaces too, a digest has none.
  const space = from.indexOf(' ')
  const [firstDigest, firstTag] = space < 0 ? [from, ''] : [from.slice(0, space), from.slice(space + 1)]
  for (const [digest, image] of repository.images.from(firstDigest)) {
    if (!passes(image, filter)) continue
    if (image.tags.size === 0) yield [digest, {imageDigest: digest}]
    for (const tag of [...image.tags].toSorted()) {
      if (digest === firstDigest && tag < firstTag) continue
      yield [`${digest} ${tag}`, {imageDigest: digest, imageTag: tag}]
    }
  }
}

function* referrers(
  repository: Repository,
  subject: string,
  {artifactTypes = [], artifactStatus}: ListImageReferrersFilter,
  from: string,
): Listing<ImageReferrer> {
  for (const digest of repository.referrersOf(subject)) {
    const image = repository.images.get(digest)
    if (digest < from || image === undefined || !hasStatus(image, artifactStatus)) continue
    const {artifactType, annotations} = image
    if (artifactTypes.length > 0 && !artifactTypes.includes(artifactType ?? '')) continue
    yield [
      digest,
      {
        digest,
        mediaType: image.mediaType,
        size: image.manifestSize,
        artifactStatus: image.status ?? 'ACTIVE',
        ...(artifactType === undefined ? {} : {artifactType}),
        ...(annotations === undefined ? {} : {annotations}),
      },
    ]
  }
}

function passes(image: Image, {tagStatus = 'ANY', imageStatus}: DescribeImagesFilter): boolean {
  const tagged = image.tags.size > 0
  const byTag = tagStatus === 'ANY' || tagged === (tagStatus === 'TAGGED')
  return byTag && hasStatus(image, imageStatus)
}

function hasStatus({status}: Image, wanted: ImageStatusFilter = 'ACTIVE'): boolean {
  return wanted === 'ANY' || wanted === (status ?? 'ACTIVE')
}

function detailOf({world}: Call, repository: Repository, image: Image): ImageDetail {
  const {configMediaType, subject, pulledAt, archivedAt, activatedAt} = image
  return {
    ...where(repository),
    imageDigest: image.digest,
    ...(image.tags.size === 0 ? {} : {imageTags: [...image.tags]}),
    imageSizeInBytes: image.imageSize,
    imagePushedAt: seconds(image.pushedAt),
    ...scanSummaryOf(world, repository, image),
    imageManifestMediaType: image.mediaType,
    imageStatus: image.status ?? 'ACTIVE',
    ...(configMediaType === undefined ? {} : {artifactMediaType: configMediaType}),
    ...(pulledAt === undefined ? {} : {lastRecordedPullTime: seconds(pulledAt)}),
    ...(subject === undefined ? {} : {subjectManifestDigest: subject}),
    ...(archivedAt === undefined ? {} : {lastArchivedAt: seconds(archivedAt)}),
    ...(activatedAt === undefined ? {} : {lastActivatedAt: seconds(activatedAt)}),
  }
}

/** @throws {EcrError} ImageNotFoundException, InvalidParameterException. */
export function requireImage(repository: Repository, imageId: ImageId): Image {
  const found = findImage(repository, imageId)
  if (!isFailure(found)) return found
  if (found.failureCode !== 'ImageNotFound') {
    throw new EcrError('InvalidParameterException', found.failureReason)
  }
  const {imageDigest = 'null', imageTag = 'null'} = imageId
  const {name, account} = repository.id
  throw new EcrError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository with name '${name}' in the registry with id '${account}'`,
  )
}
