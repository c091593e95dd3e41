import {scheduleReplication} from '../replication/schedule.ts'
import {scanOnPush} from '../scanning/run.ts'
import type {Services} from '../services.ts'
import type {Image, Repository, RepositoryId} from '../state/repository.ts'

/** The end of a restoration. */
export interface ActivationTask extends RepositoryId {
  readonly kind: 'image-activation'
  readonly digest: string
  readonly [member: string]: unknown
}

/** Moves an active image to the archive, at once. */
export function archiveImage(services: Services, repository: Repository, digest: string): void {
  repository.updateImage(digest, {status: 'ARCHIVED', archivedAt: services.now()})
  tell(services, repository, digest, 'ARCHIVE')
}

/** Begins to restore an archived image, and the referrers that were archived with it (the latter is unconfirmed). */
export function restoreImage(services: Services, repository: Repository, digest: string): void {
  repository.updateImage(digest, {status: 'ACTIVATING'})
  const task: ActivationTask = {kind: 'image-activation', ...repository.id, digest}
  services.timeline.schedule(services.now() + services.durations.restore, task)
  for (const referrer of repository.referrersOf(digest)) {
    if (repository.images.get(referrer)?.status === 'ARCHIVED') restoreImage(services, repository, referrer)
  }
}

/** Ends a restoration, if the image is still being restored: it is scanned and replicated as if it were pushed. */
export function activateImage(services: Services, task: ActivationTask): void {
  const repository = services.world.repository(task)
  const image = repository?.images.get(task.digest)
  if (repository === undefined || image?.status !== 'ACTIVATING') return
  const activatedAt = services.now()
  repository.updateImage(image.digest, {status: undefined, activatedAt})
  tell(services, repository, image.digest, 'STANDARD')
  scanOnPush(services, repository, {...image, activatedAt})
  for (const tag of image.tags.size === 0 ? [undefined] : image.tags) {
    scheduleReplication(services, repository, {digest: image.digest, tag})
  }
}

function tell(
  {events}: Services,
  repository: Repository,
  digest: string,
  target: 'ARCHIVE' | 'STANDARD',
): void {
  const image = repository.images.get(digest)
  if (image === undefined) return
  const {account, region, name} = repository.id
  events.emit({
    type: image.subject === undefined ? 'ECR Image Action' : 'ECR Referrer Action',
    account,
    region,
    detail: {
      'action-type': 'UPDATE_STORAGE_CLASS',
      'target-storage-class': target,
      'image-digest': digest,
      'repository-name': name,
      result: 'SUCCESS',
      'manifest-media-type': image.mediaType,
      ...artifactOf(image),
      ...(target === 'STANDARD' && image.activatedAt !== undefined
        ? {'last-activated-at': new Date(image.activatedAt).toISOString()}
        : {}),
    },
  })
}

function artifactOf({configMediaType, artifactType}: Image): {readonly 'artifact-media-type'?: string} {
  const type = configMediaType ?? artifactType
  return type === undefined ? {} : {'artifact-media-type': type}
}
