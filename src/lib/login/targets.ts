import type {Account} from '../config/estate.ts'
import {nearest} from '../config/nearest.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Registries, RegistryAddress, RegistryLocation} from './registries.ts'

/** What `login` was asked for, turned into registries and the credentials that each takes. */

/** The part of an account of `repos.yaml` that matters here. */
export type KnownAccount = Pick<Account, 'alias' | 'id' | 'regions'>

export interface LoginTarget extends RegistryLocation, RegistryAddress {
  /** The account of `repos.yaml` whose credentials are used; undefined means the default chain. */
  readonly alias: string | undefined
}

export interface TargetRequest {
  /** Aliases and registry hosts; none means everything that is known. */
  readonly names: readonly string[]
  readonly accounts: readonly KnownAccount[]
  /** Narrows an alias to this one of its regions. */
  readonly region: string | undefined
  readonly registries: Registries
  /** The account and region of the default chain; asked only when nothing else says what to log in to. */
  readonly defaultAccount: () => Promise<{readonly account: string; readonly region: string}>
}

/** The registries to log in to, each once, in the order of the request. Throws `UsageError` for a name that is neither. */
export async function resolveTargets(request: TargetRequest): Promise<readonly LoginTarget[]> {
  const {names, accounts} = request
  const targets =
    names.length > 0
      ? names.flatMap(name => namedTargets(name, request))
      : accounts.length > 0
        ? accounts.flatMap(account => accountTargets(account, request))
        : [await defaultTarget(request)]
  // Two aliases of one account name the same registry: the first one's credentials are used.
  return targets.filter(
    ({registry}, index) => targets.findIndex(target => target.registry === registry) === index,
  )
}

/** The registry of that host, with the credentials of the account it belongs to; undefined when it is not ECR's. */
export function targetOfHost(
  host: string,
  registries: Registries,
  accounts: readonly KnownAccount[],
): LoginTarget | undefined {
  const location = registries.locate(host)
  if (location === undefined) return undefined
  const owners = accounts.filter(({id}) => id === location.account)
  const owner = owners.find(({regions}) => regions.includes(location.region)) ?? owners[0]
  return {...location, registry: host, alias: owner?.alias}
}

function namedTargets(name: string, request: TargetRequest): readonly LoginTarget[] {
  const account = request.accounts.find(({alias}) => alias === name)
  if (account !== undefined) return accountTargets(account, request)
  const target = targetOfHost(name, request.registries, request.accounts)
  if (target !== undefined) return [target]
  const similar = nearest(
    name,
    request.accounts.map(({alias}) => alias),
  )
  const advice =
    similar === undefined
      ? 'Registries look like 111111111111.dkr.ecr.eu-west-1.amazonaws.com.'
      : `Did you mean "${similar}"?`
  throw new UsageError(
    'UNKNOWN_REGISTRY',
    `"${oneLine(name)}" is neither an account of repos.yaml nor an ECR registry. ${advice}`,
  )
}

function accountTargets(account: KnownAccount, request: TargetRequest): readonly LoginTarget[] {
  const {region} = request
  if (region !== undefined && !account.regions.includes(region)) {
    const regions = account.regions.join(', ')
    throw new UsageError(
      'REGION_NOT_OF_ACCOUNT',
      `Account ${account.alias} has no region ${region} in repos.yaml (it has ${regions}).`,
    )
  }
  const regions = region === undefined ? account.regions : [region]
  return regions.map(place => privateTarget(account.id, place, account.alias, request.registries))
}

async function defaultTarget(request: TargetRequest): Promise<LoginTarget> {
  const {account, region} = await request.defaultAccount()
  return privateTarget(account, region, undefined, request.registries)
}

function privateTarget(
  account: string,
  region: string,
  alias: string | undefined,
  registries: Registries,
): LoginTarget {
  return {...registries.address(account, region), visibility: 'private', alias, account, region}
}
