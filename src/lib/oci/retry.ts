import {setTimeout as sleep} from 'node:timers/promises'
import {TransientError} from '../errors.ts'
import type {RegistryContext, Traffic} from './registry.ts'
import {describeTrouble, isTransient, NetworkError, publicError, RegistryError} from './registry-error.ts'

const firstDelayMs = 500
const maxDelayMs = 30_000

/** Waits, or throws the reason of the abort signal. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

/** Repeats what can be repeated. One for each registry, since a registry that asks for a pause asks all of its callers. */
export interface Retries {
  /**
   * Runs `attempt` until it succeeds, fails for good, or has failed for as long as the context allows.
   *
   * @param request what messages call it: `METHOD /path`, without query.
   * @param signal ends the repeating with its reason; that of the context unless given.
   */
  run<T>(request: string, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** For work that goes on where it stopped. */
  patience(request: string, signal?: AbortSignal): Patience
}

export interface Patience {
  /** Waits until the next try is due, or throws the error that callers should get. */
  afterFailure(error: unknown): Promise<void>
  /** Something was achieved: the time for retries starts anew. */
  progress(): void
}

export function createRetries(
  host: string,
  context: RegistryContext,
  traffic: Traffic,
  wait: Wait = defaultWait,
): Retries {
  let pausedUntil = 0

  function patience(request: string, signal = context.signal): Patience {
    let since = context.now()
    let failures = 0
    let isRenewed = false
    return {
      progress() {
        since = context.now()
        failures = 0
        isRenewed = false
      },
      async afterFailure(error) {
        signal.throwIfAborted()
        if (!(error instanceof NetworkError || error instanceof RegistryError)) throw error
        if (error instanceof RegistryError && error.isRenewed && !isRenewed) {
          isRenewed = true
          return
        }
        if (!isTransient(error)) throw publicError(host, request, error)
        failures++
        const delayMs = delayAfter(error, failures)
        const spentMs = context.now() - since
        if (spentMs + delayMs > context.retryForMs) throw outlasted(host, request, error, failures, spentMs)
        isRenewed = false
        if (error instanceof RegistryError && (error.status === 429 || error.status === 503)) {
          pausedUntil = Math.max(pausedUntil, context.now() + delayMs)
        }
        traffic.retries++
        context.onEvent({type: 'retry', host, request, reason: describeTrouble(error), delayMs})
        await wait(delayMs, signal)
      },
    }
  }

  async function pause(signal: AbortSignal): Promise<void> {
    for (let ms = pausedUntil - context.now(); ms > 0; ms = pausedUntil - context.now()) {
      await wait(ms, signal)
    }
  }

  return {
    patience,
    async run(request, attempt, signal = context.signal) {
      const tries = patience(request, signal)
      for (;;) {
        await pause(signal)
        try {
          return await attempt()
        } catch (error) {
          await tries.afterFailure(error)
        }
      }
    },
  }
}

/** Full jitter, so that callers who failed together do not come back together. */
function delayAfter(error: NetworkError | RegistryError, failures: number): number {
  if (error instanceof NetworkError && error.wasIdle) return 0
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1))
  const asked = error instanceof RegistryError ? (error.retryAfterMs ?? 0) : 0
  return Math.round(asked + Math.random() * ceiling)
}

function outlasted(
  host: string,
  request: string,
  error: NetworkError | RegistryError,
  failures: number,
  spentMs: number,
): TransientError {
  const effort = failures === 1 ? '' : ` for ${Math.ceil(spentMs / 1000)} s (${failures} tries)`
  const asked = error instanceof RegistryError ? error.retryAfterMs : undefined
  const later = asked === undefined ? '' : ` It asks to wait ${Math.ceil(asked / 1000)} s.`
  return new TransientError(
    error instanceof RegistryError && error.status === 429 ? 'THROTTLED' : 'REGISTRY_UNAVAILABLE',
    `${host}: ${request} failed${effort}: ${describeTrouble(error)}.${later} Run the same command again.`,
    {cause: error},
  )
}

async function defaultWait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, {signal})
  } catch {
    signal.throwIfAborted()
  }
}
