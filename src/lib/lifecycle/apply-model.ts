import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {ExitCode} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {Limits} from '../plan/limits.ts'
import type {LifecycleApplyItem} from './apply-items.ts'
import type {ProtectionOptions} from './protection.ts'

/** What `gantry lifecycle apply` was asked to do. */
export interface LifecycleApplyOrder {
  readonly plan: string
  /** More files that name images which are needed. */
  readonly protect: readonly string[]
  readonly allowEmptyProtect: boolean
  /** Images that may go although something needs them. */
  readonly accept: readonly string[]
  readonly limits: Limits
  /** File for the record; without it one in `records`. */
  readonly record: string | undefined
  readonly dryRun: boolean
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface LifecycleApplyWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  readonly readStdin: ProtectionOptions['readStdin']
  /** Folder for records. */
  readonly records: string
  /** Milliseconds that one request is retried; 10 minutes unless given. */
  readonly retryForMs?: number | undefined
  /** Asked once, before anything is written, when policies would be. */
  readonly confirm: (question: LifecycleApplyQuestion) => Promise<boolean>
}

/** What consent is asked for. */
export interface LifecycleApplyQuestion {
  readonly policies: number
  readonly expire: number
  readonly archive: number
  /** As ECR tells sizes of what expires. */
  readonly bytes: number
  /** Labels of the registries. */
  readonly registries: readonly string[]
  readonly callers: readonly Caller[]
}

export interface LifecycleApplyRun {
  readonly items: readonly LifecycleApplyItem[]
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** Null when nothing was to be done, or consent was not given. */
  readonly record: string | null
  readonly exitCode: ExitCode
}
