import {setTimeout as sleep} from 'node:timers/promises'

/** Waits so many milliseconds, or throws the reason of the abort signal. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

/** Waits in real time. */
export const wait: Wait = async (ms, signal) => {
  try {
    await sleep(ms, undefined, {signal})
  } catch {
    signal.throwIfAborted()
  }
}
