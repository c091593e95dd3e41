import {repositoryArn} from '../identity/partition.ts'
import type {Services} from '../services.ts'
import type {RepositoryId} from '../state/repository.ts'
import type {Destination} from './configuration.ts'
import {destinationOf, type Outcome, replicateImage} from './copy.ts'
import type {ReplicationTask, WhichImage} from './schedule.ts'
import {setReplicationStatus} from './statuses.ts'

/** Does what was scheduled. */
export async function replicate(services: Services, task: ReplicationTask): Promise<void> {
  await replicateNow(services, task, task, task.destination)
}

/** Replicates an image, keeps how that ended, and tells it. */
export async function replicateNow(
  services: Services,
  source: RepositoryId,
  image: WhichImage,
  destination: Destination,
): Promise<Outcome> {
  const outcome = await replicateImage(services, source, image, destination)
  const repository = services.world.repository(source)
  if (repository?.images.has(image.digest)) {
    setReplicationStatus(repository, image.digest, destination, outcome)
  }
  tell(services, source, image, destination, outcome)
  return outcome
}

function tell(
  {events}: Services,
  source: RepositoryId,
  {digest, tag}: WhichImage,
  destination: Destination,
  {status}: Outcome,
): void {
  const {account, region, name} = destinationOf(source, destination)
  events.emit({
    type: 'ECR Replication Action',
    account,
    region,
    resources: [repositoryArn(account, region, name)],
    detail: {
      result: status === 'COMPLETE' ? 'SUCCESS' : 'FAILED',
      'repository-name': name,
      'image-digest': digest,
      'source-account': source.account,
      'action-type': 'REPLICATE',
      'source-region': source.region,
      ...(tag === undefined ? {} : {'image-tag': tag}),
    },
  })
}
