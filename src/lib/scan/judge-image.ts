import type {GatePolicy, GateSeverity} from '../config/gates.ts'
import type {ImageEvidence, PlatformEvidence} from './evidence.ts'
import {keyOfFinding} from './finding-key.ts'
import {type GateTerms, judgeFinding} from './judge-finding.ts'
import {countedSeverities, refuseUntold} from './policy-filter.ts'
import {countedAs, rankOf} from './severity.ts'
import type {GateVerdict, ImageVerdict, JudgedFinding} from './verdict.ts'
import {reasonsOf} from './verdict-reasons.ts'

export type {Baseline, GateTerms} from './judge-finding.ts'

/**
 * The gate's word on one image: it fails when a finding does, or an image that cannot be scanned; else it is undetermined
 * while any of its platforms has no evidence. Pure.
 *
 * @throws {UsageError} FILTER_NEEDS_ENHANCED when the policy asks for what the image's basic scan does not tell.
 */
export function judgeImage(image: ImageEvidence, policy: GatePolicy, terms: GateTerms): ImageVerdict {
  refuseUntold(image, policy)
  const findings = inOrder(count(merge(image, policy, terms), policy), policy)
  return {
    image,
    verdict: verdictOf(image, findings, policy),
    reasons: reasonsOf(image, findings, policy),
    findings,
  }
}

function verdictOf(
  {platforms}: ImageEvidence,
  findings: readonly JudgedFinding[],
  {onUnsupported}: GatePolicy,
): GateVerdict {
  const has = (kind: PlatformEvidence['evidence']['kind']) =>
    platforms.some(({evidence}) => evidence.kind === kind)
  if (findings.some(({outcome}) => outcome === 'fails')) return 'failed'
  if (onUnsupported === 'fail' && has('unsupported')) return 'failed'
  return platforms.length === 0 || has('pending') || has('lost') ? 'undetermined' : 'passed'
}

/** One for each vulnerability, package and outcome: what several platforms have alike is one. */
function merge(image: ImageEvidence, policy: GatePolicy, terms: GateTerms): JudgedFinding[] {
  const merged = new Map<string, JudgedFinding & {readonly platforms: (string | null)[]}>()
  for (const at of image.platforms) {
    for (const finding of at.evidence.kind === 'scanned' ? at.evidence.findings : []) {
      const word = judgeFinding(finding, image, at, policy, terms)
      const key = `${word.outcome} ${finding.severity} ${keyOfFinding(finding)}`
      const same = merged.get(key)
      if (same === undefined) merged.set(key, {finding, platforms: [at.platform], ...word})
      else if (!same.platforms.includes(at.platform)) same.platforms.push(at.platform)
    }
  }
  return [...merged.values()]
}

/** Lets those pass of whom so many are allowed, unless there are more. */
function count(findings: readonly JudgedFinding[], policy: GatePolicy): readonly JudgedFinding[] {
  const counted = new Map<GateSeverity, readonly [most: number, keys: Set<string>]>()
  for (const [severity, most] of countedSeverities(policy)) counted.set(severity, [most, new Set()])
  const failing = findings.filter(({outcome}) => outcome === 'fails')
  for (const {finding} of failing) {
    counted.get(countedAs(finding.severity, policy.unratedAs))?.[1].add(keyOfFinding(finding))
  }
  return findings.map(judged => {
    const severity = countedAs(judged.finding.severity, policy.unratedAs)
    const [most, keys] = counted.get(severity) ?? []
    if (judged.outcome !== 'fails' || most === undefined || keys === undefined) return judged
    return keys.size > most
      ? {...judged, why: `one of ${keys.size} ${severity}, more than the ${most} allowed`}
      : {...judged, outcome: 'allowed', why: `one of ${keys.size} ${severity}, of which ${most} are allowed`}
  })
}

/** The gravest first, then by package and id; of those what fails first. */
function inOrder(findings: readonly JudgedFinding[], {unratedAs}: GatePolicy): readonly JudgedFinding[] {
  const rank = ({finding}: JudgedFinding) => rankOf(countedAs(finding.severity, unratedAs))
  return findings.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.finding.package.name, b.finding.package.name) ||
      compare(a.finding.id, b.finding.id) ||
      Number(b.outcome === 'fails') - Number(a.outcome === 'fails'),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
