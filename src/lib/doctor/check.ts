/** What a check is, and what it says. */

/** What has to be put right: it decides the exit code. */
export type Trouble = 'configuration' | 'access' | 'network' | 'other'

export type CheckStatus = 'ok' | 'warning' | 'problem' | 'skipped'

export interface CheckResult {
  readonly status: CheckStatus
  /** Null unless it is a problem. */
  readonly trouble: Trouble | null
  /** One line: what was found. */
  readonly message: string
  /** What to do, a line each: a command, a variable, a statement to add. */
  readonly fixes: readonly string[]
}

/** One thing that is looked at in a world. It changes nothing, ends with the world's signal, and may throw whatever it meets. */
export interface Check<World> {
  /** Stable name in kebab-case. */
  readonly id: string
  /** Name for people. */
  readonly title: string
  run(world: World): Promise<CheckResult>
}

export function ok(message: string): CheckResult {
  return {status: 'ok', trouble: null, message, fixes: []}
}

/** Gantry works, though perhaps not as one thinks. */
export function warning(message: string, ...fixes: readonly string[]): CheckResult {
  return {status: 'warning', trouble: null, message, fixes}
}

export function problem(trouble: Trouble, message: string, ...fixes: readonly string[]): CheckResult {
  return {status: 'problem', trouble, message, fixes}
}

/** The value, or undefined: whoever is asked for it says what is wrong with it. */
export async function orUndefined<T extends object>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value
  } catch {
    return undefined
  }
}

/** Nothing can be said, because of something else. */
export function skipped(message: string): CheckResult {
  return {status: 'skipped', trouble: null, message, fixes: []}
}
