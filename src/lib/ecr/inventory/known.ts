import type {Estate} from '../../config/estate.ts'
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
  const known: KnownRegistries = {
    file: estate.file ?? 'repos.yaml',
    registries: [...estate.accounts.values()].flatMap(({alias, id: account, regions}) =>
      regions.map(each => ({
        label: `${alias}@${each}`,
        host: ecrHost({account, region: each, fips, dualStack}),
        account,
        region: each,
        alias,
      })),
    ),
    ofHost: host => registryOfHost(host, estate),
  }
  const isDefaultMeant = words.length === 0 || words.some(word => !isPlaced(word, known))
  if (known.registries.length > 0 || !isDefaultMeant) return {known, session: undefined}
  const session = await defaultSession(region, environment)
  const host = ecrHost({account: session.account, region: session.region, fips, dualStack})
  return {known: {...known, registries: [registryOfHost(host, estate)]}, session}
}

/** What a host of a private registry says; it has been read before. */
export function registryHost({host}: InventoryRegistry): PrivateEcrHost {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') throw new TypeError(`${host} is no private registry`)
  return ecr
}

/** A registry of an account of repos.yaml is that account's, with its credentials. */
function registryOfHost(host: string, estate: Estate): InventoryRegistry {
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') throw new TypeError(`${host} is no private registry`)
  const {account, region} = ecr
  const owner = [...estate.accounts.values()].find(({id}) => id === account)
  return {label: host, host, account, region, ...(owner !== undefined && {alias: owner.alias})}
}
