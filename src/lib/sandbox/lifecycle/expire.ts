import {imagesDeleted} from '../image-changes.ts'
import type {Services} from '../services.ts'
import {deleteImage} from '../state/image-ids.ts'
import type {Repository} from '../state/repository.ts'

/** Deletes an image with all its tags, unless an index lists it. */
export function expireImage(services: Services, repository: Repository, imageDigest: string): void {
  const deleted = deleteImage(repository, {imageDigest})
  if (!('failureCode' in deleted)) imagesDeleted(services, repository, deleted)
}
