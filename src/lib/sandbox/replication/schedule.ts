import type {Services} from '../services.ts'
import type {ImageId} from '../state/image-ids.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import {type Destination, destinationsOf} from './configuration.ts'
import {forgetReplicationStatuses, setReplicationStatus} from './statuses.ts'

/** An image, under one of its tags or without any. */
export interface WhichImage {
  readonly digest: string
  readonly tag?: string | undefined
}

/** The replication of an image, or of its deletion, to one destination. */
export interface ReplicationTask extends RepositoryId, WhichImage {
  readonly kind: 'replication' | 'replication-deletion'
  readonly destination: Destination
  readonly [member: string]: unknown
}

/**
 * Sees to it that an image which was pushed or restored replicates, as the rules are now. What replication itself brings is
 * neither, so that it goes no further (ECR user guide, replication).
 */
export function scheduleReplication(services: Services, repository: Repository, image: WhichImage): void {
  for (const destination of destinationsOf(services.world, repository.id, 'images')) {
    setReplicationStatus(repository, image.digest, destination, {status: 'IN_PROGRESS'})
    schedule(services, repository, 'replication', image, destination)
  }
}

/**
 * Sees to it that what was deleted, by a call or a lifecycle policy, is deleted at the destinations of the rules which say so
 * (ECR user guide, replication-delete). An image that is gone here goes there with all its tags.
 */
export function scheduleDeletions(
  services: Services,
  repository: Repository,
  deleted: readonly ImageId[],
): void {
  const destinations = destinationsOf(services.world, repository.id, 'deletions')
  const seen = new Set<string>()
  for (const {imageDigest: digest = '', imageTag: tag} of deleted) {
    const remains = repository.images.has(digest)
    if (!remains && seen.has(digest)) continue
    seen.add(digest)
    if (!remains) forgetReplicationStatuses(repository, digest)
    const what = remains ? {digest, tag} : {digest}
    for (const destination of destinations) {
      schedule(services, repository, 'replication-deletion', what, destination)
    }
  }
}

function schedule(
  {timeline, durations, now}: Services,
  {id}: Repository,
  kind: ReplicationTask['kind'],
  {digest, tag}: WhichImage,
  destination: Destination,
): void {
  const which = {digest, ...(tag === undefined ? {} : {tag})}
  const task: ReplicationTask = {kind, ...id, ...which, destination}
  timeline.schedule(now() + durations.replication, task)
}
