import type {SettingsPlace} from '../config/resolve.ts'
import {
  type InventoryRegistry,
  isUnreadable,
  type RepositoryInventory,
  type UnreadableRepository,
} from '../ecr/inventory/model.ts'
import {BugError, type ExitCode, GantryError} from '../errors.ts'
import {planRepository} from './plan.ts'
import {expiryOf} from './plan-file.ts'
import {lookAt} from './plan-look.ts'
import type {DesiredPolicy, Protection, RepositoryPlan} from './plan-model.ts'
import {policyPair} from './plan-policies.ts'
import type {LifecyclePlanOrder, LifecyclePlanWorld} from './plan-run.ts'
import type {OpenScope} from './plan-world.ts'
import type {StorageRates} from './storage-cost.ts'

/** A repository of which nothing can be said, and why. */
export interface UnplannedRepository {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly error: {
    readonly code: string
    readonly message: string
    readonly exitCode: ExitCode
    readonly hints: readonly string[]
  }
}

type Outcome = RepositoryPlan | UnplannedRepository

/** What is the same for all repositories. */
export interface Terms {
  readonly order: Pick<LifecyclePlanOrder, 'preview' | 'bytes' | 'days' | 'concurrency'>
  readonly world: Pick<LifecyclePlanWorld, 'onRepository'> & {
    readonly aws: Pick<LifecyclePlanWorld['aws'], 'now' | 'signal'>
  }
  readonly scope: OpenScope
  readonly desiredOf: (place: SettingsPlace, repository: string) => DesiredPolicy
  readonly protection: Protection
  readonly rates: StorageRates
}

export function isUnplanned(outcome: Outcome): outcome is UnplannedRepository {
  return 'error' in outcome
}

/** A few repositories at a time; the answer keeps their order. */
export async function planRepositories(terms: Terms): Promise<readonly Outcome[]> {
  const {source} = terms.scope
  const outcomes: Outcome[] = []
  const running = new Set<Promise<void>>()
  let index = 0
  try {
    for await (const repository of source.repositories()) {
      const at = index++
      const task = planOne(repository, terms).then(outcome => {
        outcomes[at] = outcome
        running.delete(task)
      })
      // One that fails before its turn is thrown at its turn.
      task.catch(() => {})
      running.add(task)
      if (running.size >= terms.order.concurrency) await Promise.race(running)
    }
    await Promise.all(running)
  } finally {
    await Promise.allSettled(running)
  }
  return outcomes
}

async function planOne(
  repository: RepositoryInventory | UnreadableRepository,
  terms: Terms,
): Promise<Outcome> {
  const outcome = isUnreadable(repository) ? repository : await planRead(repository, terms)
  const error = 'name' in outcome ? outcome.error : null
  terms.world.onRepository?.(`${repository.registry.label}/${repository.name}`, error)
  return 'name' in outcome ? unplannedOf(outcome) : outcome
}

async function planRead(
  inventory: RepositoryInventory,
  {order, world, scope, desiredOf, protection, rates}: Terms,
): Promise<RepositoryPlan | UnreadableRepository> {
  const {registry, name} = inventory
  const {source, countsAsPull} = scope
  const {now, signal} = world.aws
  try {
    const policies = policyPair(inventory, desiredOf(registry, name))
    const {contents, preview, warnings} = await lookAt(source, inventory, policies, {
      preview: order.preview,
      bytes: order.bytes,
      days: order.days,
      now,
      signal,
      countsAsPull: () => countsAsPull(registry),
    })
    const plan = planRepository({
      inventory,
      contents,
      policies,
      protection,
      rates,
      preview,
      now: source.takenAt,
      days: order.days,
      expiresAt: expiryOf(source.takenAt),
    })
    return {...plan, warnings: [...warnings, ...plan.warnings]}
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error instanceof BugError) throw error
    return {registry, name, error}
  }
}

function unplannedOf({registry, name, error}: UnreadableRepository): UnplannedRepository {
  const {code, message, exitCode, hints} = error
  return {registry, repository: name, error: {code, message, exitCode, hints}}
}
