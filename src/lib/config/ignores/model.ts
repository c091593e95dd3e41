import type {Origin} from '../estate.ts'

/** A rule of `.gantry-ignores.yaml`: a vulnerability that does not count, where, until when and why. */
export interface IgnoreRule {
  readonly id: string
  /** Patterns for `matchesRepository`; all repositories when there are none. */
  readonly repositories: readonly string[]
  /** Patterns for `matchesText`; all packages when there are none. */
  readonly packages: readonly string[]
  /** Patterns for `matchesText`, a platform without its variant meaning all of them; all images when there are none. */
  readonly platforms: readonly string[]
  /** As written: `2026-12-31` or `never`. */
  readonly until: string
  /** Milliseconds since the epoch from which it does not hold any more: the end of that day in UTC; null for `never`. */
  readonly endsAt: number | null
  readonly reason: string
  readonly owner: string | null
  readonly origin: Origin
}
