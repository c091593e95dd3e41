import {setTimeout as sleep} from 'node:timers/promises'
import {GantryError} from '../errors.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import {type Call, faultError, reasonOf} from './fault-errors.ts'
import {type Fault, kindOf, readFault} from './faults.ts'

const firstDelayMs = 100
const maxDelayMs = 20_000
const triesToSettle = 4

export interface RetryOptions {
  readonly call: Call
  readonly context: Pick<RegistryContext, 'signal' | 'now' | 'retryForMs' | 'onEvent'>
  readonly traffic: Traffic
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
  const {call, context, traffic} = options
  const {signal, now, retryForMs} = context
  const start = now()
  let renewed = false
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof GantryError) throw error
      const fault = readFault(error)
      const kind = kindOf(fault)
      const renewable = kind === 'expired' || (kind === 'clock' && fault.clockCorrected)
      const settles = kind === 'unsettled' && tries < triesToSettle
      const backsOff = kind === 'throttled' || kind === 'transient' || settles
      const delayMs = backsOff ? delayAfter(tries, fault) : 0
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
      await pause(delayMs, signal)
    }
  }
}

function delayAfter(tries: number, {retryAfterMs = 0}: Fault): number {
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(tries, 10))
  return Math.max(Math.min(retryAfterMs, 60_000), Math.round(Math.random() * ceiling))
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, {signal})
  } catch {
    signal.throwIfAborted()
  }
}
