import type {RegistryContext} from '../../oci/registry.ts'
import type {InventorySource} from './model.ts'
import type {OpenRegistries} from './registries.ts'

/**
 * What registries know of the repositories that are meant, asked for when it is wanted; the time is that of this call.
 * `preview` is there when the registries were opened for it.
 */
export function liveInventory(_open: OpenRegistries, _context: RegistryContext): InventorySource {
  throw new TypeError('to come')
}
