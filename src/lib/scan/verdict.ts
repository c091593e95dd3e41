import type {ImageEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'

export type GateVerdict = 'passed' | 'failed' | 'undetermined'

/** What a finding means for the gate. */
export type FindingOutcome =
  /** The policy's fail filter meets it. */
  | 'fails'
  /** The policy lets it pass: below the threshold, no fix, a package that is not meant. */
  | 'allowed'
  /** It would fail, but was first seen too lately. */
  | 'in-grace'
  /** An ignore rule says so. */
  | 'ignored'
  /** A VEX statement says not_affected or fixed. */
  | 'not-affected'
  /** Inspector's own suppression. */
  | 'suppressed'
  /** The baseline has it as well. */
  | 'inherited'

/**
 * A finding with what became of it: one for each vulnerability, package and outcome, whatever number of platforms has it.
 */
export interface JudgedFinding {
  readonly finding: Finding
  /** Those that have it; null for an image without platforms. */
  readonly platforms: readonly (string | null)[]
  readonly outcome: FindingOutcome
  /** One clause: `critical is at or above high`, `ignored until 2026-12-01 by .gantry-ignores.yaml:4: no path reaches it`. */
  readonly why: string
}

/** The gate's word on one image. */
export interface ImageVerdict {
  readonly image: ImageEvidence
  readonly verdict: GateVerdict
  /** One sentence each; at least one unless it passed. */
  readonly reasons: readonly string[]
  /** The gravest first, then by package and id. */
  readonly findings: readonly JudgedFinding[]
}
