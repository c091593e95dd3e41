import {liveInventory} from '../ecr/inventory/live.ts'
import {isUnreadable} from '../ecr/inventory/model.ts'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {BugError, GantryError} from '../errors.ts'
import {isIndexType} from '../oci/media-types.ts'
import type {RegistryContext} from '../oci/registry.ts'
import {asStale, type CheckedChange, type CheckOptions, checkChange, stale} from './apply.ts'
import type {SavedChange, SavedLifecyclePlan} from './plan-file-checks.ts'

/** A change that may not be done any more. */
export interface RefusedChange {
  readonly saved: SavedChange
  readonly error: GantryError
}

export function isRefused(change: CheckedChange | RefusedChange): change is RefusedChange {
  return 'error' in change
}

/**
 * All checks of all repositories, before anything is written anywhere.
 *
 * @throws as `checkChange`; whatever keeps a repository from being read.
 */
export async function checkAll(
  saved: SavedLifecyclePlan,
  open: OpenRegistries,
  context: RegistryContext,
  options: CheckOptions,
): Promise<CheckedChange[]> {
  const checked: CheckedChange[] = []
  for await (const change of checkEach(saved, open, context, options)) {
    if (isRefused(change)) throw change.error
    checked.push(change)
  }
  return checked
}

/**
 * The same, for who goes on with the other repositories: each of them, with the reason where it may not be done.
 *
 * @param open its repositories are those of the plan, or fewer.
 */
export async function* checkEach(
  saved: SavedLifecyclePlan,
  open: OpenRegistries,
  context: RegistryContext,
  options: CheckOptions,
): AsyncGenerator<CheckedChange | RefusedChange> {
  const source = liveInventory(open, context)
  const bySubject = new Map(saved.changes.map(change => [change.action.subject, change]))
  for await (const inventory of source.repositories()) {
    const subject = `${inventory.registry.host}/${inventory.name}`
    const change = bySubject.get(subject)
    if (change === undefined) throw new BugError(`${subject} was read and is not in the plan.`)
    yield await unlessRefused(change, context, async () => {
      if (isUnreadable(inventory)) throw asStale(inventory.error, options)
      const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
      const contents = await source.contents(
        inventory,
        indexes.map(({digest}) => digest),
      )
      return checkChange(change, inventory, contents, options)
    })
    bySubject.delete(subject)
  }
  for (const change of bySubject.values()) yield {saved: change, error: stale(options, change, 'it is gone')}
}

async function unlessRefused(
  saved: SavedChange,
  {signal}: RegistryContext,
  check: () => Promise<CheckedChange>,
): Promise<CheckedChange | RefusedChange> {
  try {
    return await check()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    return {saved, error}
  }
}
