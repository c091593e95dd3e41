import type {ImageReplicationStatus} from '../api/model/ecr.ts'
import type {Repository} from '../state/repository.ts'
import type {Destination} from './configuration.ts'

/** How the replication of an image stands at each of its destinations, as its source keeps it. */
export function replicationStatusesOf(
  repository: Repository,
  digest: string,
): readonly ImageReplicationStatus[] {
  return rowsOf(repository, digest).map(([, status]) => status)
}

export function setReplicationStatus(
  repository: Repository,
  digest: string,
  {region, registryId}: Destination,
  {status, failureCode}: Pick<ImageReplicationStatus, 'status' | 'failureCode'>,
): void {
  const row = {region, registryId, ...(status && {status}), ...(failureCode && {failureCode})}
  tableOf(repository).set(`${digest} ${region} ${registryId}`, row)
}

/** Forgets it all, with the image. */
export function forgetReplicationStatuses(repository: Repository, digest: string): void {
  for (const [id] of rowsOf(repository, digest)) tableOf(repository).delete(id)
}

function rowsOf(repository: Repository, digest: string) {
  return [...tableOf(repository).startingWith(`${digest} `)]
}

function tableOf(repository: Repository) {
  return repository.table<ImageReplicationStatus>('replication-status')
}
