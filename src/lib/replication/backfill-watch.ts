import type {Backfill} from '../ecr/backfill-api.ts'
import {registryAt} from '../ecr/inventory/known.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {type ExitCode, exitCodes, RefusalError} from '../errors.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {BackfillRun, BackfillWorld, WatchWorld} from './backfill-model.ts'
import {openSource} from './backfill-open.ts'
import {isRunning, listBackfills, meantBackfill, readBackfill} from './backfill-state.ts'
import {type Ends, failureOf} from './ends.ts'

/** What `gantry backfill watch` was asked for. */
export interface BackfillWatchOrder {
  /** `ALIAS[@REGION]` or a host; undefined where there is only one. */
  readonly source: string | undefined
  /** The backfill; undefined for the one that is under way, or else the latest. */
  readonly id: string | undefined
  /** Milliseconds; undefined until it ends. */
  readonly waitMs: number | undefined
}

/**
 * Looks at a backfill until it has ended or time is over. Changes nothing.
 *
 * @throws what `openSource` and `meantBackfill` throw; {RefusalError} UNDETERMINED (exit 8) when time is over before anything
 *   is known.
 */
export async function runBackfillWatch(
  order: BackfillWatchOrder,
  world: BackfillWorld & WatchWorld,
): Promise<BackfillRun> {
  const {waitMs} = order
  const deadline = deadlineOf(waitMs, world)
  const aws = {...world.aws, signal: AbortSignal.any([world.aws.signal, deadline])}
  const began = aws.now()
  try {
    const source = await openSource(order.source, 'look', {...world, aws})
    try {
      const id = order.id ?? meantBackfill(await listBackfills(source), source.registry, false).id
      const backfill = await awaitBackfill(source, id, {...order, deadline}, world)
      return {
        registry: source.registry,
        destination: registryAt(backfill.destination, world.estate, aws),
        outcome: 'watched',
        size: null,
        transfer: null,
        backfill,
        callers: [source.caller],
        warnings: [],
        traffic: source.traffic(),
        durationMs: aws.now() - began,
        record: null,
        exitCode: exitCodeOf(backfill),
      }
    } finally {
      source.api.close()
    }
  } catch (error) {
    if (world.aws.signal.aborted || !deadline.aborted) throw error
    throw new RefusalError(
      'UNDETERMINED',
      `Nothing is known within the ${(waitMs ?? 0) / 1000} s of --wait.`,
      {
        exitCode: 8,
        cause: error,
      },
    )
  }
}

/** @returns a signal that never aborts where nobody gave a time. */
export function deadlineOf(waitMs: number | undefined, {deadlineAfter}: WatchWorld): AbortSignal {
  return waitMs === undefined ? new AbortController().signal : deadlineAfter(waitMs)
}

/** Milliseconds between two looks: most backfills take less than an hour (ECR user guide, replication-backfill). */
const firstPauseMs = 5_000
const longestPauseMs = 60_000

interface Terms {
  readonly waitMs: number | undefined
  readonly deadline: AbortSignal
}

/**
 * @returns the backfill as it was last seen: it may be under way when time is over.
 * @throws the reason of the run's end; what keeps it from being read, unless it is the deadline and something is known.
 */
export async function awaitBackfill(
  source: OpenRegistry,
  id: string,
  {waitMs, deadline}: Terms,
  {aws, random, onLook}: Pick<BackfillWorld & WatchWorld, 'aws' | 'random' | 'onLook'>,
): Promise<Backfill> {
  const {now, signal, wait = realWait} = aws
  const watched = {...source, api: source.api.within(deadline)}
  const end = waitMs === undefined ? Infinity : now() + waitMs
  let known: Backfill | undefined
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(1.5 * pauseMs, longestPauseMs)) {
    known = await readUnless(watched, id, known, {signal, deadline})
    onLook?.(known)
    const left = deadline.aborted ? 0 : end - now()
    if (!isRunning(known) || left <= 0) return known
    await wait(Math.min(left, Math.round(pauseMs * (0.75 + random() / 2))), signal)
  }
}

async function readUnless(
  source: OpenRegistry,
  id: string,
  known: Backfill | undefined,
  ends: Ends,
): Promise<Backfill> {
  try {
    return await readBackfill(source, id)
  } catch (error) {
    const failure = failureOf(error, ends)
    if (known !== undefined && ends.deadline.aborted) return known
    throw failure
  }
}

/** 0 when everything was replicated; 4 when it ended otherwise; 8 while it is under way, or when ECR does not tell. */
export function exitCodeOf(backfill: Backfill): ExitCode {
  const {status, progress} = backfill
  if (isRunning(backfill)) return exitCodes.undetermined
  if (status !== 'complete') return exitCodes.partial
  if (progress === null) return exitCodes.undetermined
  return progress.failed === 0 && progress.completed === progress.total ? exitCodes.done : exitCodes.partial
}
