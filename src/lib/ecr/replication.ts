import type {ImageReplicationStatus, ReplicationRule} from '@aws-sdk/client-ecr'
import type {Digest} from '../oci/digest.ts'
import type {ReplicationStatus} from '../oci/registry.ts'
import type {EcrApi} from './api.ts'
import {parseEcrHost} from './hosts.ts'
import {orUnknown} from './unknowable.ts'

/** The registry's rules; none when we may not ask, for then nothing can be counted on. */
export function replicationRules(api: EcrApi): Promise<readonly ReplicationRule[]> {
  return orUnknown(() => api.registry.replicationRules(), [])
}

/** How the replication of an image stands at those of `hosts` that the rules lead to and that ECR names. */
export async function imageReplication(
  api: EcrApi,
  repository: string,
  digest: Digest,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, ReplicationStatus>> {
  const found = await orUnknown(() => api.facts.imageReplication(repository, digest), [])
  return new Map(
    hosts.flatMap(host => {
      const status = found.find(destination => isAt(host, destination))?.status
      return status === undefined ? [] : [[host, statuses[status]] as const]
    }),
  )
}

/** Those of `hosts` that a rule brings the repository to. */
export function replicatedHosts(
  rules: readonly ReplicationRule[],
  repository: string,
  hosts: readonly string[],
): readonly string[] {
  const leading = rules.filter(rule => concernsRepository(rule, repository))
  const destinations = leading.flatMap(rule => rule.destinations ?? [])
  return hosts.filter(host => destinations.some(destination => isAt(host, destination)))
}

/** Whether a rule replicates a repository: a filter is a plain prefix, none mean all (ECR user guide, replication). */
export function concernsRepository(
  {repositoryFilters: filters = []}: ReplicationRule,
  repository: string,
): boolean {
  return filters.length === 0 || filters.some(({filter = ''}) => repository.startsWith(filter))
}

const statuses: Readonly<Record<NonNullable<ImageReplicationStatus['status']>, ReplicationStatus>> = {
  IN_PROGRESS: 'in-progress',
  COMPLETE: 'complete',
  FAILED: 'failed',
}

interface Destination {
  readonly region?: string | undefined
  readonly registryId?: string | undefined
}

function isAt(host: string, {region, registryId}: Destination): boolean {
  const ecr = parseEcrHost(host)
  return ecr?.kind === 'private' && ecr.region === region && ecr.account === registryId
}
