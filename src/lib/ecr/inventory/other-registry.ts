import type {Estate} from '../../config/estate.ts'
import {addTraffic, noTraffic, type Traffic} from '../../oci/registry.ts'
import {registrySpec} from '../account-spec.ts'
import {connectAccount} from '../accounts.ts'
import type {InventoryRegistry} from './model.ts'
import {type OpenRegistry, open, type RegistriesOptions} from './registries.ts'

/** A registry beside those that words mean, and everything sent to it so far. */
export interface OtherRegistry extends OpenRegistry {
  readonly traffic: () => Traffic
}

/**
 * Opens a registry that others name, such as a destination of replication (`registryAt`), with its own identity, which is
 * proven first.
 *
 * @throws {DeniedError} WRONG_ACCOUNT, NO_CREDENTIALS, ACCESS_DENIED.
 */
export async function openOtherRegistry(
  registry: InventoryRegistry,
  estate: Estate,
  options: RegistriesOptions,
): Promise<OtherRegistry> {
  const session = await connectAccount(registrySpec(registry, estate), options.environment)
  const traffic = noTraffic()
  return {
    ...open(registry, session, traffic, options),
    traffic: () => addTraffic(session.traffic, traffic),
  }
}
