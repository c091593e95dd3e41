import {GantryError} from '../errors.ts'
import type {Pace} from '../oci/pace.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import {type Call, faultError, reasonOf} from './fault-errors.ts'
import {type Fault, type FaultKind, kindOf, readFault} from './faults.ts'

const firstDelayMs = 100
const maxDelayMs = 20_000
/** The pace already holds back whoever comes too fast. */
const maxThrottledDelayMs = 1000
const triesToSettle = 4

export interface RetryOptions {
  readonly call: Call
  readonly context: Pick<RegistryContext, 'signal' | 'now' | 'retryForMs' | 'onEvent' | 'wait'>
  readonly traffic: Traffic
  /** Of this operation at this registry; without one, nothing is held back. */
  readonly pace?: Pace
  /** Makes the next try use new credentials. */
  readonly renewCredentials: () => void
}

/**
 * Calls `attempt` until it succeeds, fails for good or has failed for `retryForMs`: exponential backoff with full jitter
 * ("Exponential backoff and jitter", AWS Architecture blog), not sooner than the service asks for.
 *
 * @throws {GantryError} the error of the last try, and the reason of the abort signal.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const {call, context, traffic, pace} = options
  const {signal, now, retryForMs, wait = realWait} = context
  // The first failure: before it, one may have waited long for one's turn.
  let start: number | undefined
  let renewed = false
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted()
    const turn = await pace?.turn(signal)
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      start ??= now()
      if (error instanceof GantryError) throw error
      const fault = readFault(error)
      const kind = kindOf(fault)
      if (kind === 'throttled') turn?.throttled(fault.retryAfterMs)
      const renewable = kind === 'expired' || (kind === 'clock' && fault.clockCorrected)
      const settles = kind === 'unsettled' && tries < triesToSettle
      const backsOff = kind === 'throttled' || kind === 'transient' || settles
      const delayMs = backsOff ? delayAfter(tries, fault, kind) : 0
      const inTime = now() - start + delayMs <= retryForMs
      if (!((renewable && !renewed) || (backsOff && inTime))) {
        throw faultError(fault, call, {tries, elapsedMs: now() - start}, now())
      }
      if (kind === 'expired') options.renewCredentials()
      renewed ||= renewable
      traffic.retries += 1
      context.onEvent({
        type: 'retry',
        host: call.host,
        request: call.operation,
        reason: reasonOf(fault),
        delayMs,
      })
      await wait(delayMs, signal)
    }
  }
}

function delayAfter(tries: number, {retryAfterMs = 0}: Fault, kind: FaultKind): number {
  const longest = kind === 'throttled' ? maxThrottledDelayMs : maxDelayMs
  const ceiling = Math.min(longest, firstDelayMs * 2 ** Math.min(tries, 10))
  return Math.max(Math.min(retryAfterMs, 60_000), Math.round(Math.random() * ceiling))
}
