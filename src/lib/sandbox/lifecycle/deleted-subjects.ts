import type {ImageId} from '../state/image-ids.ts'
import type {Repository} from '../state/repository.ts'
import type {Table} from '../state/table.ts'

/**
 * Remembers which of the images that were deleted others refer to. A referrer whose subject was never there is not told
 * from others by anything else: it may be pushed first.
 */
export function subjectsDeleted(repository: Repository, imageIds: readonly ImageId[]): void {
  for (const {imageDigest = ''} of imageIds) {
    if (!repository.images.has(imageDigest) && repository.referrersOf(imageDigest).length > 0) {
      tableOf(repository).set(imageDigest, true)
    }
  }
}

/** Digests of subjects that were deleted since this was last asked, and are still not there. */
export function takeDeletedSubjects(repository: Repository): readonly string[] {
  const deleted = Array.from(tableOf(repository).from(), ([digest]) => digest)
  for (const digest of deleted) tableOf(repository).delete(digest)
  return deleted.filter(digest => !repository.images.has(digest))
}

function tableOf(repository: Repository): Table<true> {
  return repository.table('deleted-subject')
}
