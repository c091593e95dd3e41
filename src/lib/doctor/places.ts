import type {Estate} from '../config/estate.ts'
import {accountSpec} from '../ecr/account-spec.ts'
import {ecrHost} from '../ecr/hosts.ts'
import {readSelections} from '../ecr/inventory/selection.ts'
import type {Machine, Place} from './world.ts'

/** Region of the default identity, by the flag, else the environment. */
export function defaultRegion({env, region}: Pick<Machine, 'env' | 'region'>): string | undefined {
  return region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined)
}

/**
 * Every account of repos.yaml in each of its regions, also those that share a registry; without accounts the default
 * identity, or nothing where no region is known. Pure.
 *
 * @param wanted `ALIAS`, `ALIAS@REGION` or hosts; all when there are none.
 * @throws {UsageError} UNKNOWN_ACCOUNT, UNKNOWN_REGION.
 */
export function placesOf(
  estate: Estate,
  wanted: readonly string[],
  machine: Pick<Machine, 'env' | 'region'>,
): readonly Place[] {
  const registries = [...estate.accounts.values()].flatMap(({alias, id: account, regions}) =>
    regions.map(region => ({
      label: `${alias}@${region}`,
      host: ecrHost({account, region}),
      account,
      region,
      alias,
    })),
  )
  const known = {registries, file: estate.file ?? 'repos.yaml'}
  const meant = wanted.flatMap(place =>
    readSelections([], [place], known).flatMap(({registries: found}) => found),
  )
  const labels = new Set(meant.map(({label}) => label))
  const places = registries
    .filter(({label}) => wanted.length === 0 || labels.has(label))
    .flatMap(({alias, account, region}): Place[] => {
      const found = estate.accounts.get(alias)
      return found === undefined ? [] : [{alias, account, region, spec: accountSpec(found, region, estate)}]
    })
  if (registries.length > 0) return places
  const region = defaultRegion(machine)
  return region === undefined ? [] : [{alias: null, account: null, region, spec: {region}}]
}
