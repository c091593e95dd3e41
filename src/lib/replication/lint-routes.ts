import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {registryAt} from '../ecr/inventory/known.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {OpenRegistries, OpenRegistry} from '../ecr/inventory/registries.ts'
import {GantryError} from '../errors.ts'
import {type Ends, failureOf} from './ends.ts'
import {expectedDestinations} from './expected.ts'
import type {Rules} from './sources.ts'
import {plainError, type UnknownSource} from './status-plan.ts'

/** Two registries, and the repositories that rules bring from the one to the other. */
export interface Route {
  readonly source: OpenRegistry
  readonly destination: InventoryRegistry
  readonly names: string[]
}

interface RoutesWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  readonly ends: Ends
}

/**
 * Where the rules of registries lead their repositories; a registry whose rules are not known is told.
 *
 * @throws the reason of the run's end.
 */
export function routesOf(
  {repositories, registries}: OpenRegistries,
  rules: Rules,
  {estate, aws, ends}: RoutesWorld,
): {readonly routes: readonly Route[]; readonly unread: readonly UnknownSource[]} {
  const routes = new Map<string, Route>()
  const unread = new Map<string, UnknownSource>()
  for (const source of registries) {
    const {label, host} = source.registry
    const known = rules.get(host)
    try {
      if (known === undefined) throw new TypeError(`the rules of ${host} were not read`)
      if (known instanceof GantryError) throw known
      for (const {name} of repositories.filter(({at}) => at.registry.host === host)) {
        for (const place of expectedDestinations(known, name)) {
          const destination = registryAt(place, estate, aws)
          const key = `${host} ${destination.host}`
          const route = routes.get(key) ?? {source, destination, names: []}
          routes.set(key, route)
          route.names.push(name)
        }
      }
    } catch (error) {
      unread.set(label, {name: label, error: plainError(failureOf(error, ends))})
    }
  }
  return {routes: [...routes.values()], unread: [...unread.values()]}
}
