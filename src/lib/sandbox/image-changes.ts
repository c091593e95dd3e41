import {subjectsDeleted} from './lifecycle/deleted-subjects.ts'
import {scheduleDeletions, scheduleReplication} from './replication/schedule.ts'
import {scanOnPush} from './scanning/run.ts'
import {forgetScans} from './scanning/scans.ts'
import type {Services} from './services.ts'
import {forgetSignings, signOnPush} from './signing/signings.ts'
import type {ImageId} from './state/image-ids.ts'
import type {Image, Repository} from './state/repository.ts'

/** What follows when an image was pushed, by the API or the registry protocol. */
export function imagePushed(services: Services, repository: Repository, image: Image, tag?: string): void {
  tell(services, repository, 'PUSH', image.digest, tag)
  signOnPush(services, repository, image)
  imageArrived(services, repository, image, tag)
}

/** What follows when an image came in, by a push or from an upstream registry (of the latter, unconfirmed). */
export function imageArrived(services: Services, repository: Repository, image: Image, tag?: string): void {
  scanOnPush(services, repository, image)
  scheduleReplication(services, repository, {digest: image.digest, tag})
}

/** What follows when images, or tags of them, were deleted: one event for each. */
export function imagesDeleted(
  services: Services,
  repository: Repository,
  imageIds: readonly ImageId[],
): void {
  imagesGone(services, repository, imageIds)
  scheduleDeletions(services, repository, imageIds)
}

/** The same for deletions that are replicated, and so go no further. */
export function imagesGone(services: Services, repository: Repository, imageIds: readonly ImageId[]): void {
  subjectsDeleted(repository, imageIds)
  for (const {imageDigest = '', imageTag} of imageIds) {
    if (!repository.images.has(imageDigest)) {
      forgetScans(repository, imageDigest)
      forgetSignings(repository, imageDigest)
    }
    tell(services, repository, 'DELETE', imageDigest, imageTag)
  }
}

function tell(
  {events}: Services,
  {id}: Repository,
  action: 'PUSH' | 'DELETE',
  digest: string,
  tag: string | undefined,
): void {
  events.emit({
    type: 'ECR Image Action',
    account: id.account,
    region: id.region,
    detail: {
      result: 'SUCCESS',
      'repository-name': id.name,
      'image-digest': digest,
      'action-type': action,
      ...(tag === undefined ? {} : {'image-tag': tag}),
    },
  })
}
