import type {Wait} from '../oci/wait.ts'
import type {Classified} from './classify.ts'
import {type LookOptions, look, type Subject} from './look.ts'

export interface AwaitOptions extends LookOptions {
  /** How long to wait for what is not settled; 0 looks once. */
  readonly waitMs: number
  readonly wait: Wait
  /** From 0 to 1. */
  readonly random: () => number
  /** Told after each look. */
  readonly onLook?: ((looked: Looked) => void) | undefined
}

/** What is known after a look. */
export interface Looked {
  readonly statuses: ReadonlyMap<Subject, Classified>
  /** What is looked at again. */
  readonly pending: readonly Subject[]
  /** Milliseconds to the next look; null when this was the last. */
  readonly pauseMs: number | null
}

/** Milliseconds between two looks: soon, for most images take seconds; then seldom. */
const firstPauseMs = 2_000
const longestPauseMs = 20_000

/**
 * Looks how images stand at their destinations until all is settled or the time is over; only what is not settled is looked
 * at again, and what was known of it stays when time is over meanwhile.
 *
 * @throws the reason of the run's end.
 */
export async function awaitStatus(
  subjects: readonly Subject[],
  options: AwaitOptions,
): Promise<ReadonlyMap<Subject, Classified>> {
  const {waitMs, now, wait, signal, deadline, random, onLook} = options
  const end = now() + waitMs
  const statuses = new Map<Subject, Classified>()
  let pending = subjects
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(1.5 * pauseMs, longestPauseMs)) {
    for (const [subject, status] of await look(pending, options)) {
      const isCutShort = deadline.aborted && status.status.class === 'unreadable'
      if (!isCutShort || !statuses.has(subject)) statuses.set(subject, status)
    }
    pending = pending.filter(subject => statuses.get(subject)?.isFinal !== true)
    const left = deadline.aborted ? 0 : end - now()
    const isLast = pending.length === 0 || left <= 0
    const jittered = Math.min(left, Math.round(pauseMs * (0.75 + random() / 2)))
    onLook?.({statuses, pending, pauseMs: isLast ? null : jittered})
    if (isLast) return statuses
    await wait(jittered, signal)
  }
}
