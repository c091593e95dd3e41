import type {Estate} from '../config/estate.ts'
import type {Backfill} from '../ecr/backfill-api.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {TransferCost} from '../ecr/transfer-cost.ts'
import type {ExitCode} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import type {BackfillSize} from './backfill-size.ts'

/** What every command on backfills takes from the world around it. */
export interface BackfillWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
}

/** What waiting takes besides. */
export interface WatchWorld {
  /** A signal that aborts after so many milliseconds, such as `AbortSignal.timeout`. */
  readonly deadlineAfter: (ms: number) => AbortSignal
  /** From 0 to 1. */
  readonly random: () => number
  /** Told after each look. */
  readonly onLook?: ((backfill: Backfill) => void) | undefined
}

/** What changing something takes besides. */
export interface ChangeWorld {
  /** Folder of the records. */
  readonly records: string
  readonly confirm: (question: BackfillQuestion) => Promise<boolean>
}

/** What consent is asked for. */
export interface BackfillQuestion {
  readonly verb: 'start' | 'stop'
  readonly source: InventoryRegistry
  readonly destination: InventoryRegistry
  readonly size: BackfillSize | null
  readonly transfer: TransferCost | null
  /** The one that is to be stopped. */
  readonly backfill: Backfill | null
  readonly caller: Caller
}

/** What became of a command on one backfill. */
export interface BackfillRun {
  readonly registry: InventoryRegistry
  readonly destination: InventoryRegistry
  /**
   * - `nothing`: nothing replicates there;
   * - `planned`: it was not done, by a dry run or because nobody agreed;
   * - `started`, `stopped`: ECR was asked to;
   * - `watched`: it was only looked at.
   */
  readonly outcome: 'nothing' | 'planned' | 'started' | 'stopped' | 'watched'
  /** Before it starts; null for one that was started before. */
  readonly size: BackfillSize | null
  /** At most, for the bytes of `size`. */
  readonly transfer: TransferCost | null
  /** As it was last seen; null where there is none. */
  readonly backfill: Backfill | null
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** The record of the run; null when nothing was changed. */
  readonly record: string | null
  readonly exitCode: ExitCode
}
