import type {Account, Estate} from '../../config/estate.ts'
import {defaultSession} from '../accounts.ts'
import type {AwsEnvironment} from '../environment.ts'
import {ecrHost, type PrivateEcrHost, parseEcrHost} from '../hosts.ts'
import type {AccountSession} from '../session.ts'
import type {InventoryRegistry} from './model.ts'
import {isPlaced, type KnownRegistries} from './selection.ts'

/** Registries that words can name, and the default identity where it had to be asked for one. */
interface Known {
  readonly known: KnownRegistries
  readonly session: AccountSession | undefined
}

/**
 * The registries of all accounts and regions of repos.yaml; where it names none, that of the default identity, unless
 * every word names a registry itself.
 *
 * @param region of the default identity's registry; without it that of the environment.
 * @throws {UsageError} NO_REGION, and what `connectAccount` throws.
 */
export async function knownRegistries(
  words: readonly string[],
  estate: Estate,
  environment: AwsEnvironment,
  region: string | undefined,
): Promise<Known> {
  const {useFips: fips = false, useDualstack: dualStack = false} = environment
  const known = {...registriesOf(estate, environment), ofHost: (host: string) => registryOfHost(host, estate)}
  const isDefaultMeant = words.length === 0 || words.some(word => !isPlaced(word, known))
  if (known.registries.length > 0 || !isDefaultMeant) return {known, session: undefined}
  const session = await defaultSession(region, environment)
  const host = ecrHost({account: session.account, region: session.region, fips, dualStack})
  return {known: {...known, registries: [registryOfHost(host, estate)]}, session}
}

/** Every account of repos.yaml in each of its regions, also those that share a registry. */
export function registriesOf(
  {accounts, file = 'repos.yaml'}: Estate,
  {useFips: fips = false, useDualstack: dualStack = false}: HostForms = {},
): KnownRegistries & {readonly registries: readonly Required<InventoryRegistry>[]} {
  const registries = [...accounts.values()].flatMap(({alias, id: account, regions}) =>
    regions.map(region => ({
      label: `${alias}@${region}`,
      host: ecrHost({account, region, fips, dualStack}),
      account,
      region,
      alias,
    })),
  )
  return {registries, file}
}

/** What a host of a private registry says; it has been read before. */
export function registryHost({host}: InventoryRegistry): PrivateEcrHost {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') throw new TypeError(`${host} is no private registry`)
  return ecr
}

/** Whether the hosts of registries are those of FIPS, and of dual-stack, endpoints. */
type HostForms = Pick<AwsEnvironment, 'useFips' | 'useDualstack'>

/**
 * A registry that others name by account and region, such as a destination of replication: that of an account of
 * repos.yaml, with its credentials, where there is one. Of several, one with this region and credentials of its own.
 */
export function registryAt(
  {account, region}: {readonly account: string; readonly region: string},
  estate: Estate,
  {useFips: fips = false, useDualstack: dualStack = false}: HostForms,
): InventoryRegistry {
  const host = ecrHost({account, region, fips, dualStack})
  const owners = [...estate.accounts.values()].filter(({id}) => id === account)
  const rank = ({regions, via}: Account): number =>
    (regions.includes(region) ? 0 : 2) + (via === undefined ? 0 : 1)
  const [owner] = owners.toSorted((a, b) => rank(a) - rank(b))
  if (owner === undefined) return {label: host, host, account, region}
  const {alias, regions} = owner
  return {label: regions.includes(region) ? `${alias}@${region}` : host, host, account, region, alias}
}

/** A registry of an account of repos.yaml is that account's, with its credentials. */
function registryOfHost(host: string, estate: Estate): InventoryRegistry {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') throw new TypeError(`${host} is no private registry`)
  const {account, region} = ecr
  const owner = [...estate.accounts.values()].find(({id}) => id === account)
  return {label: host, host, account, region, ...(owner !== undefined && {alias: owner.alias})}
}
