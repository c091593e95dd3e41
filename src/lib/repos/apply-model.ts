import type {ExitCode, GantryError} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {defaultLimits, type Limits} from '../plan/limits.ts'
import type {ReposApplyItem} from './apply-items.ts'
import type {Reconciliation} from './model.ts'
import type {ReposPlanOrder, ReposWorld} from './plan-run.ts'

/** How much may go at once, whatever was consented to. */
export interface ReposLimits extends Limits {
  /** Repositories. */
  readonly maxDeletes: number
}

export const defaultReposLimits: ReposLimits = {...defaultLimits, maxDeletes: 3}

/** What `gantry repos apply` was asked to do. */
export interface ReposApplyOrder
  extends Pick<ReposPlanOrder, 'words' | 'accounts' | 'protect' | 'allowEmptyProtect' | 'concurrency'> {
  /** File of a saved plan, which says what is meant; without one, what differs now is applied. */
  readonly plan: string | undefined
  /** Images that may go although something needs them. */
  readonly accept: readonly string[]
  readonly limits: ReposLimits
  /** Whether repositories go with their images, where repos.yaml says so, too. */
  readonly deleteImages: boolean
  /** File for the record; without it one in `records`. */
  readonly record: string | undefined
  readonly dryRun: boolean
}

export interface ReposApplyWorld extends ReposWorld {
  /** Folder for records. */
  readonly records: string
  /** Milliseconds that one request is retried; 10 minutes unless given. */
  readonly retryForMs?: number | undefined
  /** Told what differs, where no plan was saved, before consent is asked for. */
  readonly onPlan?: ((plan: Reconciliation) => void) | undefined
  /** Asked once, before anything is changed, when something would be. */
  readonly confirm: (question: ReposApplyQuestion) => Promise<boolean>
  /** Asked besides, when repositories would go with their images. */
  readonly confirmDeletion: (deletion: ReposDeletion) => Promise<boolean>
}

/** What consent is asked for. */
export interface ReposApplyQuestion {
  /** By what becomes of the resource, or its entry; repositories themselves are not among them. */
  readonly changes: {readonly create: number; readonly change: number; readonly remove: number}
  readonly createdRepositories: number
  readonly deletedRepositories: number
  /** Images that go with repositories. */
  readonly deletedImages: number
  /** Images that ECR expires and archives because of lifecycle policies until the plan expires. */
  readonly expire: number
  readonly archive: number
  /** Labels of the registries. */
  readonly registries: readonly string[]
  readonly callers: readonly Caller[]
}

/** Repositories that go with their images. */
export interface ReposDeletion {
  /** `LABEL/REPOSITORY`. */
  readonly repositories: readonly [string, ...string[]]
  readonly images: number
}

export interface ReposApplyRun {
  /** In the order of the plan; what could not be read, or is blocked, after it. */
  readonly items: readonly ReposApplyItem[]
  readonly warnings: readonly string[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** Null when nothing was to be done, or consent was not given. */
  readonly record: string | null
  readonly exitCode: ExitCode
}

/** What keeps a change from being done. */
export interface Hindrance {
  readonly outcome: 'refused' | 'failed' | 'blocked'
  readonly error: GantryError
}
