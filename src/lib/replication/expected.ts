import type {ReplicationRule} from '@aws-sdk/client-ecr'
import {isAccountId, isRegion} from '../ecr/hosts.ts'
import {concernsRepository} from '../ecr/replication.ts'
import {FailureError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'

/** A registry that the rules of another lead to. */
export interface ExpectedDestination {
  /** 12 digits. */
  readonly account: string
  readonly region: string
  /** Index of the first rule that leads there, in ECR's order. */
  readonly rule: number
}

/**
 * Where the rules of a registry (DescribeRegistry) bring what is pushed to a repository, each place once. Replication does not
 * chain: the rules of a destination bring nothing further that came by replication (ECR user guide, replication).
 *
 * @throws {FailureError} UNKNOWN_VALUE for rules that cannot be understood whole: they may lead anywhere.
 */
export function expectedDestinations(
  rules: readonly ReplicationRule[],
  repository: string,
): readonly ExpectedDestination[] {
  const destinations = new Map<string, ExpectedDestination>()
  for (const [index, rule] of rules.entries()) {
    const places = understood(rule, index)
    if (!concernsRepository(rule, repository)) continue
    for (const place of places) {
      const key = `${place.account} ${place.region}`
      if (!destinations.has(key)) destinations.set(key, {...place, rule: index})
    }
  }
  return [...destinations.values()]
}

function understood(
  {destinations, repositoryFilters = []}: ReplicationRule,
  index: number,
): Pick<ExpectedDestination, 'account' | 'region'>[] {
  if (destinations === undefined) throw unknown(index, 'destinations', undefined)
  for (const {filter, filterType} of repositoryFilters) {
    if (filterType !== 'PREFIX_MATCH') throw unknown(index, 'filterType', filterType)
    if (typeof filter !== 'string') throw unknown(index, 'filter', filter)
  }
  return destinations.map(({registryId: account, region}) => {
    if (account === undefined || !isAccountId(account)) throw unknown(index, 'registryId', account)
    if (region === undefined || !isRegion(region)) throw unknown(index, 'region', region)
    return {account, region}
  })
}

function unknown(index: number, field: string, value: unknown): FailureError {
  return new FailureError(
    'UNKNOWN_VALUE',
    `ECR DescribeRegistry: replication rule ${index} has ${oneLine(JSON.stringify(value ?? null), 80)} as "${field}". Treated as an error.`,
  )
}
