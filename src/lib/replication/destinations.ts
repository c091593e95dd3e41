import type {Estate} from '../config/estate.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {type OtherRegistry, openOtherRegistry} from '../ecr/inventory/other-registry.ts'
import type {OpenRegistry, RegistriesOptions} from '../ecr/inventory/registries.ts'
import {addTraffic, noTraffic, type Traffic} from '../oci/registry.ts'
import {type Unreadable, unreadable} from './actual.ts'
import {type Ends, failureOf} from './ends.ts'

/** The registries that rules lead to, each with its own credentials, opened when it is first asked for. */
export interface Destinations {
  /** @param source the registry whose rules lead there. */
  target(registry: InventoryRegistry, source: OpenRegistry): Promise<OpenRegistry | Unreadable>
  /** Those that were opened here. */
  opened(): readonly OpenRegistry[]
  /** Everything sent to those. */
  traffic(): Traffic
  close(): void
}

/**
 * @param known registries that are open already.
 * @throws nothing but the reason of the run's end, in `target`: a destination that cannot be opened is told as unreadable.
 */
export function destinationsOf(
  known: readonly OpenRegistry[],
  estate: Estate,
  options: RegistriesOptions,
  ends: Ends,
): Destinations {
  const targets = new Map<string, Promise<OpenRegistry | Unreadable>>()
  const opened: OtherRegistry[] = []
  const open = async (registry: InventoryRegistry, source: OpenRegistry) => {
    const same = known.find(each => each.registry.host === registry.host)
    if (same !== undefined) return same
    // The default credentials are those of the source: whether they reach another account nobody has said.
    if (registry.alias === undefined && registry.account !== source.caller.account) {
      return unnamed(registry, estate)
    }
    try {
      const target = await openOtherRegistry(registry, estate, options)
      opened.push(target)
      return target
    } catch (error) {
      return {...unreadable(failureOf(error, ends)), passes: false}
    }
  }
  return {
    target(registry, source) {
      const target = targets.get(registry.host) ?? open(registry, source)
      targets.set(registry.host, target)
      return target
    },
    opened: () => opened,
    traffic: () => opened.map(each => each.traffic()).reduce(addTraffic, noTraffic()),
    close: () => opened.forEach(({api}) => api.close()),
  }
}

function unnamed({account, region}: InventoryRegistry, {file = 'repos.yaml'}: Estate): Unreadable {
  const line = `NAME: {id: "${account}", region: ${region}}`
  return {
    kind: 'unreadable',
    reason: `${file} names no account ${account}, so nobody knows with which credentials to ask it. Add to accounts: ${line}`,
    passes: false,
  }
}
