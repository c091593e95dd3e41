import {setTimeout as delay} from 'node:timers/promises'

/** How long a registry may take to show what it has confirmed. */
export interface SettleOptions {
  readonly settleForMs: number
  readonly signal: AbortSignal
}

/** Asks until the answer is yes or the time is over: a registry may need a moment to show what it has confirmed. */
export async function settle(
  question: () => Promise<boolean>,
  {settleForMs, signal}: SettleOptions,
): Promise<void> {
  for (
    let waited = 0, pause = 100;
    !(await question()) && waited < settleForMs;
    waited += pause, pause *= 2
  ) {
    await delay(pause, undefined, {signal})
  }
}
