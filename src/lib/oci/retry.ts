import {TransientError} from '../errors.ts'
import type {RegistryContext, Traffic} from './registry.ts'
import {describeTrouble, isTransient, NetworkError, publicError, RegistryError} from './registry-error.ts'
import {wait as realWait} from './wait.ts'

/** As the AWS SDKs begin: a connection that was cut says nothing about the load. */
const firstDelayMs = 100
const maxDelayMs = 30_000
/** The pace already holds back whoever comes too fast. */
const maxThrottledDelayMs = 1000

/** Repeats what can be repeated. */
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

export function createRetries(host: string, context: RegistryContext, traffic: Traffic): Retries {
  const {wait = realWait} = context

  function patience(request: string, signal = context.signal): Patience {
    // The first failure: before it, one may have waited long for one's turn.
    let since: number | undefined
    let failures = 0
    // A link and a password may both be over, as when this machine slept for a day.
    const renewed = new Set<string>()
    return {
      progress() {
        since = undefined
        failures = 0
        renewed.clear()
      },
      async afterFailure(error) {
        signal.throwIfAborted()
        if (!(error instanceof NetworkError || error instanceof RegistryError)) throw error
        if (error instanceof RegistryError && error.renewed !== undefined && !renewed.has(error.renewed)) {
          renewed.add(error.renewed)
          if (!error.isChallenge) noteRetry(request, error, 0)
          return
        }
        if (!isTransient(error)) throw publicError(host, request, error)
        failures++
        since ??= context.now()
        const delayMs = delayAfter(error, failures)
        const spentMs = context.now() - since
        if (spentMs + delayMs > context.retryForMs) throw outlasted(host, request, error, failures, spentMs)
        renewed.clear()
        noteRetry(request, error, delayMs)
        await wait(delayMs, signal)
      },
    }
  }

  function noteRetry(request: string, error: NetworkError | RegistryError, delayMs: number): void {
    traffic.retries++
    context.onEvent({type: 'retry', host, request, reason: describeTrouble(error), delayMs})
  }

  return {
    patience,
    async run(request, attempt, signal = context.signal) {
      const tries = patience(request, signal)
      for (;;) {
        signal.throwIfAborted()
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
  const isThrottled = error instanceof RegistryError && error.status === 429
  const ceiling = Math.min(isThrottled ? maxThrottledDelayMs : maxDelayMs, firstDelayMs * 2 ** (failures - 1))
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
