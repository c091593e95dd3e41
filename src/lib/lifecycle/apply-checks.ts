import {liveInventory} from '../ecr/inventory/live.ts'
import {isUnreadable} from '../ecr/inventory/model.ts'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {BugError} from '../errors.ts'
import {isIndexType} from '../oci/media-types.ts'
import type {RegistryContext} from '../oci/registry.ts'
import {asStale, type CheckedChange, type CheckOptions, checkChange, stale} from './apply.ts'
import type {SavedLifecyclePlan} from './plan-file-checks.ts'

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
  const source = liveInventory(open, context)
  const bySubject = new Map(saved.changes.map(change => [change.action.subject, change]))
  const checked: CheckedChange[] = []
  for await (const inventory of source.repositories()) {
    if (isUnreadable(inventory)) throw asStale(inventory.error, options.file)
    const subject = `${inventory.registry.host}/${inventory.name}`
    const change = bySubject.get(subject)
    if (change === undefined) throw new BugError(`${subject} was read and is not in the plan.`)
    const indexes = inventory.images.filter(({mediaType}) => isIndexType(mediaType))
    const contents = await source.contents(
      inventory,
      indexes.map(({digest}) => digest),
    )
    checked.push(checkChange(change, inventory, contents, options))
    bySubject.delete(subject)
  }
  const [missing] = bySubject.values()
  if (missing !== undefined) throw stale(options.file, missing, 'it is gone')
  return checked
}
