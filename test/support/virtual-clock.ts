import type {Clock} from '../../src/lib/oci/pace.ts'

/** A clock that only waiting moves, each wait on its own. */
export interface VirtualClock {
  readonly clock: Clock
  /** What was waited for, in milliseconds. */
  readonly waits: number[]
  readonly set: (ms: number) => void
  /** Waits begun from now on end only after `release`. */
  readonly hold: () => void
  readonly release: () => void
}

export function virtualClock(start = 0): VirtualClock {
  const waits: number[] = []
  let now = start
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  return {
    waits,
    clock: {
      now: () => now,
      async wait(ms, signal) {
        waits.push(ms)
        const until = now + ms
        await gate.promise
        signal.throwIfAborted()
        now = Math.max(now, until)
      },
    },
    set: ms => {
      now = ms
    },
    hold: () => {
      gate = Promise.withResolvers()
    },
    release: () => gate.resolve(),
  }
}
