import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {ExitCode} from '../errors.ts'
import type {RepositoryPlan} from '../lifecycle/plan-model.ts'
import type {LifecyclePlanRun, UnplannedRepository} from '../lifecycle/plan-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'

/** One repository: what its policy does, or why that cannot be said. */
export type LifecyclePlanItem = (RepositoryPlan & {readonly error: null}) | UnplannedRepository

/** What `gantry lifecycle plan` found, in the shape that every command has. */
export interface LifecyclePlanResult extends CommandResult {
  readonly summary: LifecyclePlanSummary & CommandResult['summary']
  readonly items: readonly LifecyclePlanItem[]
}

/** The document of `gantry lifecycle plan --json`. @public for tools/generate-schema.ts */
export type LifecyclePlanJson = LifecyclePlanEnvelope | ErrorEnvelope

interface LifecyclePlanEnvelope extends Envelope {
  readonly summary: LifecyclePlanSummary & Envelope['summary']
  readonly items: readonly LifecyclePlanItem[]
}

/** Everything of all repositories that could be planned. */
export interface LifecyclePlanSummary {
  readonly repositories: number
  /** Those whose policy would be put or deleted. */
  readonly policyChanges: number
  /** Those that nothing describes: today's policy is judged. */
  readonly unmanaged: number
  readonly failed: number
  readonly images: {readonly standard: number; readonly archived: number}
  readonly days: number
  /** Images that go at once under the policies as they will be. */
  readonly now: Totals
  /** Images that go within the days, those that go at once included. */
  readonly within: Totals
  /** What storage was reckoned by. */
  readonly prices: LifecyclePlanRun['prices']
  /** Images that would go although something needs them, under the policies as they will be or as they are. */
  readonly endangered: number
  /** Repositories of which ECR's preview says something else. */
  readonly disagreements: number
  /** Repositories of which ECR's preview was compared. */
  readonly previewed: number
  /** When the world was looked at, ISO 8601. */
  readonly takenAt: string
  /** The recorded inventory that was planned on; null when registries were asked. */
  readonly inventory: string | null
  readonly requests: number
  /** Previews that were started: all that a plan may send. */
  readonly previewRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: LifecyclePlanRun['callers']
  readonly planFile: string | null
}

interface Totals {
  readonly expire: number
  readonly archive: number
  /** Of distinct blobs; null when it is not known of all repositories. */
  readonly bytes: number | null
  /** Sum of the sizes that ECR tells. */
  readonly bytesAtMost: number
  /** US dollars; null when it is not known of all repositories. */
  readonly usdPerMonth: number | null
}

/** Where a result's registry is named as people know it. */
export function placeOf({
  registry,
  repository,
}: {
  readonly registry: InventoryRegistry
  readonly repository: string
}) {
  return `${registry.label}/${repository}`
}

/** Adds up what was planned. */
export function toLifecyclePlanResult(run: LifecyclePlanRun, exitCode: ExitCode): LifecyclePlanResult {
  const {plan, unplanned, prices, callers, traffic, durationMs, planFile, inventory, warnings} = run
  const {repositories, days, takenAt} = plan
  const [caller] = callers
  const numberOf = (holds: (repository: RepositoryPlan) => boolean) => repositories.filter(holds).length
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      repositories: repositories.length,
      policyChanges: numberOf(({change: {kind}}) => kind === 'put' || kind === 'delete'),
      unmanaged: numberOf(({change: {kind}}) => kind === 'unmanaged'),
      failed: unplanned.length,
      images: {
        standard: sum(repositories, ({images}) => images.standard),
        archived: sum(repositories, ({images}) => images.archived),
      },
      days,
      now: totals(repositories, 'now'),
      within: totals(repositories, 'within'),
      prices,
      endangered: sum(repositories, ({endangered}) => endangered.length),
      disagreements: numberOf(({preview: {status}}) => status === 'disagrees'),
      previewed: numberOf(({preview: {status}}) => status !== 'skipped'),
      takenAt: new Date(takenAt).toISOString(),
      inventory,
      requests: traffic.requests,
      previewRequests: traffic.mutatingRequests,
      retries: traffic.retries,
      durationMs,
      callers,
      planFile,
    },
    items: [...repositories.map(repository => ({...repository, error: null})), ...unplanned],
    warnings,
    exitCode,
  }
}

function totals(repositories: readonly RepositoryPlan[], when: 'now' | 'within'): Totals {
  return {
    expire: sum(repositories, repository => repository[when].expire),
    archive: sum(repositories, repository => repository[when].archive),
    bytes: sumKnown(repositories, repository => repository[when].freed.bytes),
    bytesAtMost: sum(repositories, repository => repository[when].freed.atMost),
    usdPerMonth: sumKnown(repositories, repository => repository[when].usdPerMonth),
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function sumKnown<T>(items: readonly T[], of: (item: T) => number | null): number | null {
  const numbers = items.map(of)
  return numbers.includes(null) ? null : sum(numbers, number => number ?? 0)
}
