import type {Wait} from './wait.ts'

/** How fast requests of one kind go to one registry: the same for all who send them, learned from its refusals. */
export interface Pace {
  /** Waits until a request may be sent, in the order of asking. Throws the reason of the signal. */
  turn(signal: AbortSignal): Promise<Turn>
}

/** One request that may be sent now. */
export interface Turn {
  /**
   * The registry refused it for coming too fast.
   *
   * @param retryAfterMs how long it asks to wait, which all who follow do.
   */
  throttled(retryAfterMs?: number): void
}

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly wait: Wait
}

/** Of the rate at which a registry refused, this much is tried next (as in the adaptive mode of the AWS SDKs). */
const cut = 0.7
/** By how much the rate of requests per second grows in each second: so much, or a part of the rate that was refused. */
const leastGrowth = 5
const growthPart = 0.1
const slowest = 1
/** Seconds over which the rate is measured that a registry refuses. */
const memoryS = 0.25
/** Whoever is asked to wait for longer is the only one to do so: it may well give up, and others ask for other things. */
const maxHoldMs = 60_000

/**
 * Additive increase, multiplicative decrease (AIMD) over a token bucket.
 *
 * @param published requests per second that the registry is known to take, which are never exceeded. Without them
 *   nothing is held back before the first refusal.
 */
export function createPace({now, wait}: Clock, published = Number.POSITIVE_INFINITY): Pace {
  let rate = published
  let growth = leastGrowth
  let tokens = burstOf(rate)
  let filledAt = now()
  let heldUntil = filledAt
  /** Turns of late, each of which counts the less the older it is. */
  let load = 0
  let cuts = 0
  let queued = 0
  let last = Promise.resolve()

  function fill(): void {
    // No hold is that long: the clock was set back, which fills nothing.
    if (heldUntil - now() > maxHoldMs) heldUntil = now()
    // While all are held nothing is learned.
    const from = Math.max(filledAt, Math.min(heldUntil, now()))
    const seconds = Math.max(0, now() - from) / 1000
    filledAt = now()
    if (seconds === 0) return
    load *= Math.exp(-seconds / memoryS)
    const grown = Math.min(published, rate + seconds * growth)
    tokens = Math.min(tokens + (seconds * (rate + grown)) / 2, burstOf(grown))
    rate = grown
  }

  function delayMs(): number {
    const held = heldUntil - now()
    if (held > 0) return held
    if (tokens >= 1) return 0
    // When the growing rate has brought what is missing.
    const seconds = (Math.sqrt(rate ** 2 + 2 * growth * (1 - tokens)) - rate) / growth
    return Math.max(1, Math.ceil(seconds * 1000))
  }

  function slowDown(): void {
    const refused = Math.min(rate, load / memoryS)
    growth = Math.max(leastGrowth, refused * growthPart)
    rate = Math.max(slowest, refused * cut)
    tokens = 0
    cuts++
  }

  async function take(signal: AbortSignal): Promise<Turn> {
    fill()
    for (let ms = delayMs(); ms > 0; ms = delayMs()) {
      await wait(ms, signal)
      fill()
    }
    return grant()
  }

  function grant(): Turn {
    tokens--
    load++
    const cutsBefore = cuts
    return {
      throttled(retryAfterMs = 0) {
        fill()
        if (retryAfterMs <= maxHoldMs) heldUntil = Math.max(heldUntil, now() + retryAfterMs)
        // What was under way when the rate was cut says nothing about the new one.
        if (cuts === cutsBefore) slowDown()
      },
    }
  }

  return {
    async turn(signal) {
      signal.throwIfAborted()
      fill()
      if (queued === 0 && delayMs() === 0) return grant()
      const before = last
      queued++
      const {promise, resolve} = Promise.withResolvers<void>()
      last = promise
      try {
        await unlessAborted(before, signal)
        return await take(signal)
      } finally {
        queued--
        // Whoever leaves the queue early leaves those before it where they are.
        void before.then(resolve)
      }
    },
  }
}

/** Less than the registry's own, so that a request that travels faster than the one before it does not come too early. */
function burstOf(rate: number): number {
  return Math.max(1, rate * 0.9)
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const {promise: aborted, resolve} = Promise.withResolvers<void>()
  const abort = (): void => resolve()
  signal.addEventListener('abort', abort, {once: true})
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
  signal.throwIfAborted()
}

/** The paces of one run. */
export interface Paces {
  /**
   * The pace of one kind of requests at one registry, the same for all who ask for it.
   *
   * @param published requests per second, as for {@link createPace}; those of whoever asks first count.
   */
  of(registry: string, kind?: string, published?: number): Pace
}

/** @param options `unpublished`: no published rate holds, as at a sandbox; all rates are learned. */
export function createPaces(clock: Clock, options: {readonly unpublished?: boolean} = {}): Paces {
  const paces = new Map<string, Pace>()
  return {
    of(registry, kind = '', published) {
      const key = `${registry} ${kind}`
      const known = paces.get(key)
      if (known !== undefined) return known
      const pace = createPace(clock, options.unpublished ? undefined : published)
      paces.set(key, pace)
      return pace
    },
  }
}
