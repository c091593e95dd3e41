import {EcrError} from '../ecr-error.ts'
import {findImage, type ImageId, isFailure} from '../state/image-ids.ts'
import type {Image, Repository} from '../state/repository.ts'
import {imageIds, inRepository, paging} from './members.ts'
import {operation, repositoryOf, seconds, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'
import {list, oneOf, required, structure, text} from './shapes.ts'

const imageFilter = structure({
  tagStatus: oneOf(['TAGGED', 'UNTAGGED', 'ANY']),
  imageStatus: oneOf(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']),
})

interface ImageFilter {
  readonly tagStatus?: 'TAGGED' | 'UNTAGGED' | 'ANY'
  readonly imageStatus?: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING' | 'ANY'
}

export const imageListingOperations = {
  DescribeImages: operation({
    mutating: false,
    input: structure({...inRepository, ...paging(), imageIds, filter: imageFilter}),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      if (input.imageIds !== undefined) {
        refusePaging(input, 'imageIds')
        return {
          imageDetails: input.imageIds.map(imageId =>
            detailOf(repository, requireImage(repository, imageId)),
          ),
        }
      }
      const filter = input.filter ?? {}
      const {items, ...next} = page(call, repository.arn, input, from => describe(repository, filter, from))
      return {imageDetails: items, ...next}
    },
  }),

  ListImages: operation({
    mutating: false,
    input: structure({...inRepository, ...paging(), filter: imageFilter}),
    run: (call, input) => {
      const repository = repositoryOf(call, input)
      const filter = input.filter ?? {}
      const {items, ...next} = page(call, repository.arn, input, from => identify(repository, filter, from))
      return {imageIds: items, ...next}
    },
  }),

  ListImageReferrers: operation({
    mutating: false,
    input: structure({
      ...inRepository,
      ...paging({min: 1, max: 50}),
      subjectId: required(structure({imageDigest: required(text())})),
      filter: structure({
        artifactTypes: list(text({min: 1, max: 255}), {max: 5}),
        artifactStatus: oneOf(['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY']),
      }),
    }),
    run: (call, input) => {
      // The API reference names this permission for it.
      const repository = repositoryOf(call, input, 'BatchGetImage')
      const {artifactTypes = [], artifactStatus = 'ACTIVE'} = input.filter ?? {}
      const subject = input.subjectId.imageDigest
      const wanted = artifactStatus === 'ACTIVE' || artifactStatus === 'ANY' ? artifactTypes : undefined
      const scope = `${repository.arn} ${subject}`
      const {items, ...next} = page(
        call,
        scope,
        input,
        from => referrers(repository, subject, wanted, from),
        20,
      )
      return {referrers: items, ...next}
    },
  }),
}

type Listing = Generator<readonly [key: string, value: object]>

function* describe(repository: Repository, filter: ImageFilter, from: string): Listing {
  for (const [digest, image] of repository.images.from(from)) {
    if (passes(image, filter)) yield [digest, detailOf(repository, image)]
  }
}

/** One entry for each tag, and one for an image without any. */
function* identify(repository: Repository, filter: ImageFilter, from: string): Listing {
  const [firstDigest = '', firstTag = ''] = from.split(' ')
  for (const [digest, image] of repository.images.from(firstDigest)) {
    if (!passes(image, filter)) continue
    if (image.tags.size === 0) yield [digest, {imageDigest: digest}]
    for (const tag of [...image.tags].toSorted()) {
      if (digest === firstDigest && tag < firstTag) continue
      yield [`${digest} ${tag}`, {imageDigest: digest, imageTag: tag}]
    }
  }
}

/** @param artifactTypes undefined for none at all, empty for any. */
function* referrers(
  repository: Repository,
  subject: string,
  artifactTypes: readonly string[] | undefined,
  from: string,
): Listing {
  for (const digest of [...repository.referrersOf(subject)].toSorted()) {
    const image = repository.images.get(digest)
    if (digest < from || image === undefined || artifactTypes === undefined) continue
    const {artifactType, annotations} = image
    if (artifactTypes.length > 0 && !artifactTypes.includes(artifactType ?? '')) continue
    yield [
      digest,
      {
        digest,
        mediaType: image.mediaType,
        size: image.manifestSize,
        artifactStatus: 'ACTIVE',
        ...(artifactType === undefined ? {} : {artifactType}),
        ...(annotations === undefined ? {} : {annotations}),
      },
    ]
  }
}

function passes(image: Image, {tagStatus = 'ANY', imageStatus = 'ACTIVE'}: ImageFilter): boolean {
  const tagged = image.tags.size > 0
  const byTag = tagStatus === 'ANY' || tagged === (tagStatus === 'TAGGED')
  return byTag && (imageStatus === 'ACTIVE' || imageStatus === 'ANY')
}

function detailOf(repository: Repository, image: Image): object {
  const {configMediaType, subject, pulledAt} = image
  return {
    ...where(repository),
    imageDigest: image.digest,
    ...(image.tags.size === 0 ? {} : {imageTags: [...image.tags]}),
    imageSizeInBytes: image.imageSize,
    imagePushedAt: seconds(image.pushedAt),
    imageManifestMediaType: image.mediaType,
    imageStatus: 'ACTIVE',
    ...(configMediaType === undefined ? {} : {artifactMediaType: configMediaType}),
    ...(pulledAt === undefined ? {} : {lastRecordedPullTime: seconds(pulledAt)}),
    ...(subject === undefined ? {} : {subjectManifestDigest: subject}),
  }
}

function requireImage(repository: Repository, imageId: ImageId): Image {
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
