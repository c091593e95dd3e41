import type {Caller} from '../../plan/document.ts'
import type {InventorySource} from './model.ts'

/** An inventory that was recorded earlier, and as whom. */
export interface RecordedInventory extends InventorySource {
  readonly callers: readonly Caller[]
}

/**
 * Reads an inventory that {@link recordInventory} wrote: the repositories that the words mean, as for `openRegistries`.
 *
 * @throws {UsageError} INVENTORY_UNREADABLE, NOT_AN_INVENTORY; a fault further on is thrown when it is met.
 */
export async function recordedInventory(
  _file: string,
  _words: readonly string[] = [],
): Promise<RecordedInventory> {
  throw new TypeError('to come')
}
