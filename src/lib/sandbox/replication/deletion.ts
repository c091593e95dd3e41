import {EcrError} from '../ecr-error.ts'
import {imagesGone} from '../image-changes.ts'
import type {Services} from '../services.ts'
import {deleteImage, type ImageId} from '../state/image-ids.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import type {Destination} from './configuration.ts'
import {destinationOf, requireReplication} from './copy.ts'
import type {ReplicationTask, WhichImage} from './schedule.ts'

/**
 * Deletes what was deleted at the source, where that may and as far as it is there. That this goes no further, and is told as
 * any deletion is, is unconfirmed.
 */
export function replicateDeletion(services: Services, {destination, ...task}: ReplicationTask): void {
  const repository = services.world.repository(destinationOf(task, destination))
  if (repository === undefined || !mayReplicate(services, task, destination)) return
  imagesGone(services, repository, remove(repository, task))
}

/** A tag goes alone, an image with all its tags. */
function remove(repository: Repository, {digest, tag}: WhichImage): readonly ImageId[] {
  if (tag === undefined) {
    const deleted = deleteImage(repository, {imageDigest: digest})
    return 'failureCode' in deleted ? [] : deleted
  }
  if (repository.tags.get(tag) !== digest) return []
  repository.removeTag(tag)
  return [{imageDigest: digest, imageTag: tag}]
}

function mayReplicate(services: Services, source: RepositoryId, destination: Destination): boolean {
  try {
    requireReplication(services, source, destination, 'ReplicateImage')
    return true
  } catch (error) {
    if (error instanceof EcrError) return false
    throw error
  }
}
