import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {ExitCode} from '../errors.ts'
import type {ForeignEntries, PlannedChange, UnreadResource} from '../repos/model.ts'
import type {ReposPlanRun} from '../repos/plan-run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'

/** A change, in the order in which they are applied. */
export type ChangeItem = PlannedChange & {readonly error: null}

/** What is there, is not in repos.yaml, and stays. */
export type ForeignItem = ForeignEntries & {readonly kind: 'foreign'; readonly error: null}

/** A repository that is there and that repos.yaml does not name, or not for there. */
export interface UnlistedItem {
  readonly kind: 'unlisted'
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly error: null
}

/** What could not be compared, with the reason. */
export type UnreadItem = UnreadResource & {readonly kind: 'unread'}

export type ReposPlanItem = ChangeItem | ForeignItem | UnlistedItem | UnreadItem

/** What `gantry repos plan` found, in the shape that every command has. */
export interface ReposPlanResult extends CommandResult {
  readonly summary: ReposPlanSummary & CommandResult['summary']
  readonly items: readonly ReposPlanItem[]
}

/** The document of `gantry repos plan --json`. @public for tools/generate-schema.ts */
export type ReposPlanDocument = ReposPlanEnvelope | ErrorEnvelope

interface ReposPlanEnvelope extends Envelope {
  readonly summary: ReposPlanSummary & Envelope['summary']
  readonly items: readonly ReposPlanItem[]
}

export interface ReposPlanSummary {
  /** Changes by kind; what is blocked is not applied. */
  readonly create: number
  readonly change: number
  readonly remove: number
  readonly blocked: number
  /** What could not be compared. */
  readonly unread: number
  /** Entries that others made, and that stay. */
  readonly foreign: number
  /** Repositories that are there and not in repos.yaml. */
  readonly unlisted: number
  /** What was compared. */
  readonly registries: number
  readonly repositories: number
  readonly resources: number
  /** When the world was looked at, ISO 8601. */
  readonly takenAt: string
  readonly requests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ReposPlanRun['callers']
  readonly planFile: string | null
}

/** Counts what was found. */
export function toReposPlanResult(run: ReposPlanRun, exitCode: ExitCode): ReposPlanResult {
  const {plan, callers, traffic, durationMs, planFile} = run
  const {changes, foreign, unlisted, unread, compared, takenAt, warnings} = plan
  const [caller] = callers
  const count = (wanted: PlannedChange['kind']) => changes.filter(({kind}) => kind === wanted).length
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      create: count('create'),
      change: count('change'),
      remove: count('remove'),
      blocked: count('blocked'),
      unread: unread.length,
      foreign: foreign.reduce((sum, {entries}) => sum + entries.length, 0),
      unlisted: unlisted.reduce((sum, {names}) => sum + names.length, 0),
      ...compared,
      takenAt: new Date(takenAt).toISOString(),
      requests: traffic.requests,
      retries: traffic.retries,
      durationMs,
      callers,
      planFile,
    },
    items: [
      ...changes.map(change => ({...change, error: null})),
      ...foreign.map(entries => ({...entries, kind: 'foreign' as const, error: null})),
      ...unlisted.flatMap(({registry, names}) =>
        names.map(repository => ({kind: 'unlisted' as const, registry, repository, error: null})),
      ),
      ...unread.map(resource => ({...resource, kind: 'unread' as const})),
    ],
    warnings,
    exitCode,
  }
}

/** Outputs of the step in GitHub Actions. */
export function reposPlanOutputs({summary}: ReposPlanResult): Readonly<Record<string, string>> {
  const {create, change, remove, blocked, unread, unlisted, planFile} = summary
  return {
    changes: String(create + change + remove),
    create: String(create),
    change: String(change),
    remove: String(remove),
    blocked: String(blocked),
    unread: String(unread),
    unlisted: String(unlisted),
    plan: planFile ?? '',
  }
}
