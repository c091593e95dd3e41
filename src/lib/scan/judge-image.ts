import type {GatePolicy} from '../config/gates.ts'
import type {ImageEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'
import type {IgnoreRules} from './ignore-rules.ts'
import type {ImageVerdict} from './verdict.ts'
import type {VexStatements} from './vex.ts'

/** What an image is compared with: a finding that is there too is inherited. */
export interface Baseline {
  /** As the user named it. */
  readonly text: string
  /** Whether it has the finding on that platform. */
  has(finding: Finding, platform: string | null): boolean
}

/** What a verdict depends on besides the evidence and the policy. */
export interface GateTerms {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly ignores: IgnoreRules
  readonly vex: VexStatements
  readonly baseline?: Baseline
}

/**
 * The gate's word on one image. Pure.
 *
 * @throws {UsageError} FILTER_NEEDS_ENHANCED when the policy asks for what the image's basic scan does not tell.
 */
export function judgeImage(image: ImageEvidence, policy: GatePolicy, terms: GateTerms): ImageVerdict {
  const reason = `${terms.now} ${policy.onUnsupported}: nothing is judged yet.`
  return {image, verdict: 'undetermined', reasons: [reason], findings: []}
}
