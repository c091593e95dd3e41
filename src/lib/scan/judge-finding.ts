import type {GatePolicy} from '../config/gates.ts'
import type {IgnoreRule} from '../config/ignores/model.ts'
import {oneLine} from '../oci/one-line.ts'
import type {ImageEvidence, PlatformEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'
import {holds, type IgnoreRules, rulesFor} from './ignore-rules.ts'
import {whyAllowed, whyFails} from './policy-filter.ts'
import type {FindingOutcome} from './verdict.ts'
import {statementFor, takesOut, type VexStatements} from './vex.ts'

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

/** What a finding means for the gate, and why in one clause. */
export interface FindingWord {
  readonly outcome: FindingOutcome
  readonly why: string
}

/** By so much clocks may differ. AWS itself refuses requests that are older. */
const skewMs = 300_000

/**
 * What one finding of one platform means. Numbers (`most`) are not counted here: what they are about `fails`. The first
 * that has a word on it decides: Inspector, the policy, VEX documents, ignore rules, the baseline, the grace period.
 */
export function judgeFinding(
  finding: Finding,
  image: ImageEvidence,
  platform: PlatformEvidence,
  policy: GatePolicy,
  terms: GateTerms,
): FindingWord {
  if (finding.status === 'suppressed') return word('suppressed', 'suppressed by a rule of Inspector')
  if (finding.status === 'closed') return word('suppressed', 'closed by Inspector')
  const allowed = whyAllowed(finding, policy)
  if (allowed !== undefined) return word('allowed', allowed)

  const statement = statementFor(terms.vex, finding, image, platform)
  if (statement !== undefined && takesOut(statement)) {
    const because = statement.because === null ? '' : `: ${oneLine(statement.because)}`
    return word('not-affected', `${statement.status} by ${placeOf(statement.origin)}${because}`)
  }
  const rules = rulesFor(terms.ignores, finding, {
    repository: image.repository,
    platform: platform.platform,
  })
  const rule = rules.find(one => holds(one, terms.now))
  if (rule !== undefined) {
    const until = rule.endsAt === null ? 'for ever' : `until ${rule.until}`
    return word('ignored', `ignored ${until} by ${placeOf(rule.origin)}: ${oneLine(rule.reason)}`)
  }
  if (terms.baseline?.has(finding, platform.platform) === true) {
    return word('inherited', `${oneLine(terms.baseline.text)} has it too`)
  }
  const graceEnd = endOfGrace(finding, policy, terms.now)
  if (graceEnd !== undefined) return word('in-grace', `does not fail until ${isoMinute(graceEnd)}`)
  return word('fails', `${whyFails(finding, policy)}${wordOfExpired(rules[0])}`)
}

/** When a finding's grace ends; undefined when it has none: it is over, or nobody knows when it began. */
function endOfGrace({firstObservedAt}: Finding, {graceMs}: GatePolicy, now: number): number | undefined {
  // A finding of the future would stay in grace for as long as somebody likes.
  if (graceMs === 0 || firstObservedAt === null || firstObservedAt > now + skewMs) return undefined
  const end = firstObservedAt + graceMs
  return now < end ? end : undefined
}

function wordOfExpired(rule: IgnoreRule | undefined): string {
  return rule === undefined ? '' : `; it was ignored until ${rule.until} by ${placeOf(rule.origin)}`
}

function placeOf({file, line}: IgnoreRule['origin']): string {
  return `${oneLine(file)}:${line}`
}

/** `2026-11-21T08:00Z`. */
function isoMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}

function word(outcome: FindingOutcome, why: string): FindingWord {
  return {outcome, why}
}
