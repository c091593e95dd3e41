import {EcrError} from '../ecr-error.ts'
import {indexesOf} from '../lifecycle/images.ts'
import {archiveImage, restoreImage} from '../lifecycle/storage-class.ts'
import type {Image, Repository} from '../state/repository.ts'
import {requireImage} from './image-listings.ts'
import type {TargetStorageClass} from './model/ecr.ts'
import {type Call, type EcrHandlers, repositoryOf, where} from './operation.ts'

export const storageClassOperations = {
  UpdateImageStorageClass: (call, input) => {
    const repository = repositoryOf(call, input)
    const image = requireImage(repository, input.imageId)
    move(call, repository, image, input.targetStorageClass)
    return {
      ...where(repository),
      imageId: {...input.imageId, imageDigest: image.digest},
      imageStatus: repository.images.get(image.digest)?.status ?? 'ACTIVE',
    }
  },
} satisfies Partial<EcrHandlers>

// That it changes nothing to ask for the class that an image has is unconfirmed.
function move(call: Call, repository: Repository, image: Image, target: TargetStorageClass): void {
  const {digest, status} = image
  if (target === 'STANDARD') {
    if (status === 'ARCHIVED') restoreImage(call, repository, digest)
    return
  }
  if (status === 'ARCHIVED') return
  // Which updates ECR calls not supported is unconfirmed, as are the wordings.
  if (status === 'ACTIVATING') throw notSupported(image, 'is being restored')
  const active = indexesOf(repository, digest).filter(index => index.status !== 'ARCHIVED')
  if (active.length > 0) {
    const digests = active.map(index => index.digest).join(', ')
    throw notSupported(image, `is referenced by manifest list: [${digests}]`)
  }
  archiveImage(call, repository, digest)
}

function notSupported({digest}: Image, because: string): EcrError {
  return new EcrError(
    'ImageStorageClassUpdateNotSupportedException',
    `The storage class of the image with digest '${digest}' cannot be updated: it ${because}`,
  )
}
