import {oneLine} from '../oci/one-line.ts'
import {type Check, type CheckResult, problem, skipped, type Trouble} from './check.ts'
import {problemOf} from './trouble.ts'

export interface CheckTime {
  /** Milliseconds that a check has. */
  readonly limitMs: number
  /** Ends the whole run. */
  readonly signal: AbortSignal
  /** A signal that is aborted so many milliseconds from now. */
  readonly deadlineAfter: (ms: number) => AbortSignal
}

/**
 * Runs one check in its time; never throws. What goes on after that is left alone: a provider of credentials may not know
 * of signals.
 *
 * @param world the check's, with the signal by which its time ends.
 * @param late what it means when the time does not suffice.
 */
export async function runInTime<World>(
  check: Check<World>,
  world: (signal: AbortSignal) => World,
  {limitMs, signal, deadlineAfter}: CheckTime,
  late: Trouble,
): Promise<CheckResult> {
  const deadline = deadlineAfter(limitMs)
  const both = AbortSignal.any([signal, deadline])
  try {
    return await Promise.race([check.run(world(both)), aborted(both)])
  } catch (error) {
    if (signal.aborted) return skipped('not done: the run was stopped')
    if (!deadline.aborted) return problemOf(error)
    return problem(
      late,
      `no result within ${oneLine(String(limitMs / 1000))} s`,
      late === 'network'
        ? 'Something on the way keeps silent: a firewall, a proxy, a source of credentials. With more time: --check-timeout 30s.'
        : 'With more time: --check-timeout 30s.',
    )
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), {once: true})
  })
}
