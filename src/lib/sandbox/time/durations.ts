import {flaw, numbersBeside} from '../checked.ts'

/** In milliseconds, as all times of the sandbox. */
export const day = 24 * 60 * 60 * 1000

/** How long what ECR does by itself takes here, in milliseconds. */
export const usualDurations = {
  scan: 2000,
  signing: 1000,
  /** From a push to its arrival at a destination; and so long for each hundred images of a backfill. */
  replication: 2000,
  lifecyclePreview: 2000,
  /** From PutLifecyclePolicy to its first run; then it runs every day. ECR acts within 24 hours. */
  lifecycle: day,
  /** ECR says up to 20 minutes. */
  restore: 20 * 60 * 1000,
}

export type Durations = Readonly<typeof usualDurations>

/**
 * The usual durations, but for those that are given.
 *
 * @throws {UsageError} INVALID_DURATIONS, naming the place.
 */
export function parseDurations(value: unknown): Durations {
  return numbersBeside(usualDurations, value, (place, problem) =>
    flaw('INVALID_DURATIONS', 'Sandbox durations', place, problem),
  )
}
