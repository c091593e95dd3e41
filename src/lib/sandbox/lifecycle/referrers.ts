import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import {takeDeletedSubjects} from './deleted-subjects.ts'
import {expireImage} from './expire.ts'
import {archiveImage} from './storage-class.ts'

/**
 * Has referrers go the way of their subjects: a lifecycle policy expires or archives them within 24 hours of the deletion
 * or archival of the subject, whoever did that (ECR user guide, LifecyclePolicies). Here that is the next daily run.
 */
export function followSubjects(services: Services, repository: Repository): void {
  for (const subject of takeDeletedSubjects(repository)) {
    for (const digest of repository.referrersOf(subject)) expireImage(services, repository, digest)
  }
  for (const [digest, {status, subject}] of repository.images.from()) {
    if (status !== undefined || subject === undefined) continue
    if (repository.images.get(subject)?.status === 'ARCHIVED') archiveImage(services, repository, digest)
  }
}
