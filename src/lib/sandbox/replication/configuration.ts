import type {ReplicationConfiguration, ReplicationDestination, ReplicationRule} from '../api/model/ecr.ts'
import {EcrError, invalidParameter} from '../ecr-error.ts'
import {partitionOf} from '../identity/partition.ts'
import type {RepositoryId} from '../state/repository.ts'
import type {Registry, World} from '../state/world.ts'

export type Destination = ReplicationDestination

export function replicationOf(registry: Registry): ReplicationConfiguration {
  return registry.table<ReplicationConfiguration>('replication').get('configuration') ?? {rules: []}
}

/**
 * Replaces the replication configuration of a registry.
 *
 * @param mostDestinations how many different ones all rules together may have.
 * @throws {EcrError} InvalidParameterException, ValidationException.
 */
export function setReplication(
  registry: Registry,
  configuration: ReplicationConfiguration,
  mostDestinations: number,
): void {
  const destinations = configuration.rules.flatMap(rule => rule.destinations)
  for (const {registryId, region} of destinations) {
    if (registryId === registry.account && region === registry.region) {
      throw invalidParameter(
        'replicationConfiguration',
        'Replication destination cannot be the same as the source registry',
      )
    }
    // ECR user guide, replication: never across partitions. How ECR refuses it is unconfirmed.
    if (partitionOf(region) !== partitionOf(registry.region)) {
      throw new EcrError('ValidationException', `Replication to the region ${region} is not supported`)
    }
  }
  if (distinct(destinations).length > mostDestinations) {
    // ECR user guide, service-quotas; how ECR refuses it is unconfirmed.
    const what = `at most ${mostDestinations} unique replication destinations`
    throw new EcrError('ValidationException', `A replication configuration can have ${what}`)
  }
  registry.table<ReplicationConfiguration>('replication').set('configuration', configuration)
}

/** Where a repository's images go, or its deletions, each destination once. */
export function destinationsOf(
  world: World,
  {account, region, name}: RepositoryId,
  what: 'images' | 'deletions',
): readonly Destination[] {
  const rules = replicationOf(world.registry(account, region)).rules.filter(
    rule => concerns(rule, name) && (what === 'images' || rule.deleteReplication?.enabled === true),
  )
  return distinct(rules.flatMap(rule => rule.destinations))
}

export function sameDestination(one: Destination, other: Destination): boolean {
  return one.region === other.region && one.registryId === other.registryId
}

// Plain prefixes: `prod` is also that of `production/api` (API reference, RepositoryFilter).
function concerns({repositoryFilters}: ReplicationRule, repositoryName: string): boolean {
  return repositoryFilters?.some(({filter}) => repositoryName.startsWith(filter)) ?? true
}

function distinct(destinations: readonly Destination[]): readonly Destination[] {
  return destinations.filter(
    (one, index) => destinations.findIndex(other => sameDestination(one, other)) === index,
  )
}
