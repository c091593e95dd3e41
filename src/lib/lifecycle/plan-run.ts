import {type ExitCode, exitCodes, type GantryError} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {writePlanFile} from '../plan/files.ts'
import {desiredPolicies} from './desired-policies.ts'
import {toPlanDocument} from './plan-file.ts'
import type {LifecyclePlan, RepositoryPlan} from './plan-model.ts'
import {isUnplanned, planRepositories, type UnplannedRepository} from './plan-repositories.ts'
import {openScope, type Scope, type ScopeWorld} from './plan-world.ts'
import {type ProtectionOptions, readProtection} from './protection.ts'
import {type StorageRates, storageRates} from './storage-cost.ts'

/** What `gantry lifecycle plan` was asked for. */
export interface LifecyclePlanOrder extends Scope {
  /** File with the policy that all these repositories are to have, whatever the estate says. */
  readonly policyFile: string | undefined
  /** 0 to 365. */
  readonly days: number
  /** Files that name images which are needed. */
  readonly protect: readonly string[]
  /** Whether a file among those may name none. */
  readonly allowEmptyProtect: boolean
  /** Whether ECR's own preview is compared. */
  readonly preview: boolean
  /** Whether all manifests are read, to tell which bytes go; undefined: unless that may count as pulls that a rule counts. */
  readonly bytes: boolean | undefined
  /** File to save the plan to. */
  readonly out: string | undefined
}

export interface LifecyclePlanWorld extends ScopeWorld {
  readonly readStdin: ProtectionOptions['readStdin']
  /** Told of each repository when it is done. */
  readonly onRepository?: ((place: string, error: GantryError | null) => void) | undefined
}

export type {UnplannedRepository}

export interface LifecyclePlanRun {
  /** Of the repositories that could be read completely. */
  readonly plan: LifecyclePlan
  readonly unplanned: readonly UnplannedRepository[]
  /** What storage was reckoned by: `storageRates(estate.prices.storage)`. */
  readonly prices: StorageRates
  readonly warnings: readonly string[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The file of the recorded inventory; null when registries were asked. */
  readonly inventory: string | null
  /** Where the plan was saved; null when it was not. */
  readonly planFile: string | null
  /** 0, or 4 when repositories are missing. */
  readonly exitCode: ExitCode
}

/**
 * Looks at the repositories, and says what their lifecycle policies do. Changes nothing: all that is sent besides
 * questions are ECR's own previews.
 *
 * @returns also the repositories that could not be read completely, each with the reason; a saved plan is without them.
 * @throws what concerns all of them: words, identities, files that cannot be read.
 */
export async function runLifecyclePlan(
  order: LifecyclePlanOrder,
  world: LifecyclePlanWorld,
): Promise<LifecyclePlanRun> {
  const {estate, aws, readStdin} = world
  const began = aws.now()
  const protection = await readProtection(order.protect, {readStdin, allowEmpty: order.allowEmptyProtect})
  const desiredOf = await desiredPolicies(order.policyFile, estate)
  const rates = storageRates(estate.prices.storage)
  const scope = await openScope(order, order.preview ? 'preview' : 'look', world)
  try {
    const {takenAt} = scope.source
    const outcomes = await planRepositories({order, world, scope, desiredOf, protection, rates})
    const unplanned = outcomes.filter(isUnplanned)
    const repositories = outcomes.flatMap(outcome => (isUnplanned(outcome) ? [] : [outcome]))
    const plan: LifecyclePlan = {takenAt, days: order.days, repositories}
    if (order.out !== undefined) {
      await writePlanFile(order.out, toPlanDocument(plan, {callers: scope.callers, protection}))
    }
    return {
      plan,
      unplanned,
      prices: rates,
      warnings: [
        ...scope.warnings,
        ...repositories.flatMap(warningsOf),
        ...(order.out === undefined || unplanned.length === 0 ? [] : [missingFrom(order.out, unplanned)]),
      ],
      callers: scope.callers,
      traffic: scope.traffic(),
      durationMs: aws.now() - began,
      inventory: order.inventory ?? null,
      planFile: order.out ?? null,
      exitCode: unplanned.length === 0 ? exitCodes.done : exitCodes.partial,
    }
  } finally {
    scope.close()
  }
}

/** 7 when something needed would go, 10 when a policy would change; a run that is not whole keeps its own code. */
export function detailedPlanExitCode({plan, exitCode}: LifecyclePlanRun): ExitCode {
  if (plan.repositories.some(({endangered}) => endangered.length > 0)) return exitCodes.unsafe
  if (exitCode !== exitCodes.done) return exitCode
  const isChange = ({change: {kind}}: RepositoryPlan) => kind === 'put' || kind === 'delete'
  return plan.repositories.some(isChange) ? exitCodes.changesPending : exitCode
}

function warningsOf({registry, repository, warnings, endangered, preview}: RepositoryPlan): string[] {
  const place = `${registry.label}/${repository}`
  const [first] = endangered
  const [difference] = preview.disagreements
  return [
    ...warnings,
    ...(first === undefined
      ? []
      : [
          `${endangered.length === 1 ? 'an image that is needed' : `${endangered.length} images that are needed`} would go: ${first.digest} (${first.evidence[0] ?? ''})`,
        ]),
    ...(difference === undefined
      ? []
      : [
          `ECR's preview disagrees about ${preview.disagreements.length} of the images: of ${difference.digest} ECR says that it ${difference.ecr}, Gantry that it ${difference.gantry}`,
        ]),
  ].map(warning => `${place}: ${warning}`)
}

function missingFrom(file: string, unplanned: readonly UnplannedRepository[]): string {
  const names = unplanned.map(({registry, repository}) => `${registry.label}/${repository}`)
  return `${file} lacks what could not be read: ${names.join(', ')}.`
}
