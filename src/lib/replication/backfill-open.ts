import {nearest} from '../config/nearest.ts'
import {parseEcrHost} from '../ecr/hosts.ts'
import {knownRegistries, registryAt} from '../ecr/inventory/known.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {type OtherRegistry, openOtherRegistry} from '../ecr/inventory/other-registry.ts'
import type {RegistryAccess} from '../ecr/inventory/registries.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {BackfillWorld} from './backfill-model.ts'
import {contextOf} from './status-run.ts'

/** Requests in flight at the source. */
const concurrency = 8

/**
 * Opens the registry whose backfills are meant, as its own account, which alone may ask about them.
 *
 * @param word `ALIAS`, `ALIAS@REGION` or a host; undefined means the only one that there is.
 * @throws {UsageError} UNKNOWN_REGISTRY, WHICH_REGISTRY, NO_REGION, VIA_ANOTHER_ACCOUNT; what `openOtherRegistry` throws.
 */
export async function openSource(
  word: string | undefined,
  access: RegistryAccess,
  world: BackfillWorld,
): Promise<OtherRegistry> {
  const registry = await resolveRegistry(word, world)
  const {estate, aws} = world
  const context = contextOf({concurrency}, aws)
  const open = await openOtherRegistry(registry, estate, {
    environment: aws,
    context,
    access,
    purpose: 'replication',
  })
  if (open.caller.account === registry.account) return open
  open.api.close()
  throw new UsageError(
    'VIA_ANOTHER_ACCOUNT',
    `${registry.label}: backfills are told to account ${registry.account} alone, and ${open.caller.arn} would ask. Name credentials of ${registry.account}.`,
  )
}

/**
 * The registry that a word means; nothing is asked of it.
 *
 * @throws {UsageError} UNKNOWN_REGISTRY, WHICH_REGISTRY, NO_REGION.
 */
export async function resolveRegistry(
  word: string | undefined,
  {estate, aws, region}: BackfillWorld,
): Promise<InventoryRegistry> {
  const ecr = word === undefined ? undefined : parseEcrHost(word)
  if (ecr?.kind === 'private') return registryAt(ecr, estate, aws)
  const {known} = await knownRegistries([], estate, aws, region)
  const {registries, file} = known
  const meant = registries.filter(({label, alias}) => word === undefined || word === label || word === alias)
  const [registry, ...others] = meant
  const labels = (meant.length === 0 ? registries : meant).map(({label}) => label)
  if (registry === undefined) {
    const near = nearest(word ?? '', labels)
    throw new UsageError(
      'UNKNOWN_REGISTRY',
      `${file} has no registry ${oneLine(word ?? '', 100)}${near === undefined ? '' : `; did you mean ${near}?`} Name an ALIAS@REGION of it, or a host.`,
    )
  }
  if (others.length === 0) return registry
  throw new UsageError(
    'WHICH_REGISTRY',
    `${word === undefined ? `${file} has` : `${oneLine(word, 100)} means`} ${meant.length} registries. Name one of ${labels.join(', ')}.`,
  )
}
