/** What becomes of images when lifecycle policies change. */
import type {Source} from '../../config/resolve.ts'
import type {InventoryRegistry} from '../../ecr/inventory/model.ts'
import type {OpenRegistries} from '../../ecr/inventory/registries.ts'
import {BugError} from '../../errors.ts'
import {liveScope} from '../../lifecycle/live-scope.ts'
import type {DesiredPolicy, Outlook, RepositoryPlan} from '../../lifecycle/plan-model.ts'
import {planRepositories, type UnplannedRepository} from '../../lifecycle/plan-repositories.ts'
import type {LifecyclePolicy} from '../../lifecycle/policy.ts'
import {storageRates} from '../../lifecycle/storage-cost.ts'
import {formatBytes} from '../../oci/format-bytes.ts'
import {lifecyclePlanDays, type PlannedChange} from '../model.ts'
import type {RiskTerms} from './risks.ts'
import {images, listed} from './words.ts'

/** By change: what the new policy does, or why that could not be told. */
export type LifecycleImpacts = ReadonlyMap<PlannedChange, RepositoryPlan | UnplannedRepository>

/**
 * Plans the policies as `gantry lifecycle plan` does, without ECR's previews.
 *
 * @param changes of lifecycle policies, of repositories that are there.
 */
export async function lifecycleImpacts(
  changes: readonly PlannedChange[],
  open: OpenRegistries,
  {context, estate, protection}: RiskTerms,
): Promise<LifecycleImpacts> {
  if (changes.length === 0) return new Map()
  const byPlace = new Map(changes.map(change => [placeOf(change.registry, change.repository), change]))
  // A registry that does not tell its repositories may have them.
  const repositories = changes.map(({registry, repository}) => ({
    at: open.registryOf(registry.host),
    name: repository ?? '',
  }))
  const outcomes = await planRepositories({
    order: {preview: false, bytes: undefined, days: lifecyclePlanDays, concurrency: context.concurrency},
    world: {aws: context},
    scope: liveScope({...open, repositories}, context),
    desiredOf: (place, repository) => desiredBy(byPlace.get(placeOf(place, repository))),
    protection,
    rates: storageRates(estate.prices.storage),
  })
  const told = outcomes.flatMap(outcome => {
    const change = byPlace.get(placeOf(outcome.registry, outcome.repository))
    return change === undefined ? [] : [[change, outcome] as const]
  })
  return new Map(told)
}

/** What may go wrong because of a plan. */
export function lifecycleRisks({
  now,
  within,
  today,
  endangered,
  warnings,
}: RepositoryPlan): readonly string[] {
  const soon = goingOf(within) - goingOf(now)
  const needed = endangered.filter(({under}) => under !== 'today')
  const [first] = needed
  return [
    ...(goingOf(now) > goingOf(today.now)
      ? [`${departureOf(now)} within a day of it, ${beside(today.now)}.`]
      : []),
    ...(goingOf(within) > goingOf(today.within) && soon > 0
      ? [
          `${images(soon)} more ${soon === 1 ? 'goes' : 'go'} within ${lifecyclePlanDays} days, ${beside(today.within)}.`,
        ]
      : []),
    ...(first === undefined
      ? []
      : [
          `${images(needed.length)} that something needs would go, such as ${first.digest} (${first.evidence[0] ?? ''}): gantry repos apply refuses that.`,
        ]),
    ...warnings,
  ]
}

function departureOf({expire, archive, freed}: Outlook): string {
  const bytes = freed.bytes === null ? `at most ${formatBytes(freed.atMost)}` : formatBytes(freed.bytes)
  const parts = [
    ...(expire === 0 ? [] : [`${images(expire)} (${bytes}) ${expire === 1 ? 'expires' : 'expire'}`]),
    ...(archive === 0 ? [] : [`${images(archive)} ${archive === 1 ? 'goes' : 'go'} to the archive`]),
  ]
  return listed(parts)
}

function beside(today: Outlook): string {
  const going = goingOf(today)
  return going === 0 ? 'and none by the policy as it is' : `and ${going} by the policy as it is`
}

function goingOf({expire, archive}: Outlook): number {
  return expire + archive
}

function desiredBy(change: PlannedChange | undefined): DesiredPolicy {
  if (change === undefined) throw new BugError('a lifecycle policy is planned that nobody changes.')
  const origin = originOf(change.source)
  if (change.after === null) return {kind: 'none', origin}
  return {kind: 'policy', policy: change.after as unknown as LifecyclePolicy, origin}
}

function originOf(source: Source | null): string {
  const {file, line, column} = source?.origin ?? {}
  return file === undefined ? 'repos.yaml' : `${file}:${line}:${column}`
}

function placeOf(
  {account, region}: Pick<InventoryRegistry, 'account' | 'region'>,
  repository: string | null,
): string {
  return `${account} ${region} ${repository ?? ''}`
}
