/** The sentences that go with a verdict: what failed, what is missing, and what passed that nobody should overlook. */
import type {GatePolicy, GateSeverity} from '../config/gates.ts'
import {oneLine} from '../oci/one-line.ts'
import type {ImageEvidence, PlatformEvidence} from './evidence.ts'
import {keyOfFinding} from './finding-key.ts'
import {countedSeverities} from './policy-filter.ts'
import {countedAs, isRated} from './severity.ts'
import type {JudgedFinding} from './verdict.ts'

/** How many findings a sentence names. */
const named = 3

export function reasonsOf(
  image: ImageEvidence,
  findings: readonly JudgedFinding[],
  policy: GatePolicy,
): readonly string[] {
  const failing = findings.filter(({outcome}) => outcome === 'fails')
  const severityOf = ({finding}: JudgedFinding) => countedAs(finding.severity, policy.unratedAs)
  const isCounted = (one: JudgedFinding) => policy.most[severityOf(one)] !== undefined
  const of = (kind: PlatformEvidence['evidence']['kind']) =>
    image.platforms.flatMap(({platform, evidence}) =>
      evidence.kind === kind && evidence.kind !== 'scanned' ? [about(platform, evidence.reason)] : [],
    )
  return [
    ...wordOfFailing(
      failing.filter(one => !isCounted(one)),
      severityOf,
    ),
    ...wordsOfCounts(failing.filter(isCounted), severityOf, policy),
    ...(policy.onUnsupported === 'fail' ? of('unsupported') : []),
    ...of('lost'),
    ...of('pending'),
    ...(image.platforms.length === 0 ? ['There is no image in it that could be scanned.'] : []),
    ...wordOfUnrated(findings, policy),
    ...(isWorthSaying(image, policy) ? of('unsupported').map(text => `Let pass unscanned: ${text}`) : []),
  ]
}

type SeverityOf = (one: JudgedFinding) => GateSeverity

/** `2 critical and 1 high fail: CVE-2024-1 in openssl, CVE-2024-2 in zlib, CVE-2024-3 in curl and 1 more.` */
function wordOfFailing(failing: readonly JudgedFinding[], severityOf: SeverityOf): string[] {
  if (failing.length === 0) return []
  const numbers = [...Map.groupBy(failing, severityOf)].map(([severity, {length}]) => `${length} ${severity}`)
  return [`${listOf(numbers)} ${failing.length === 1 ? 'fails' : 'fail'}: ${namesOf(failing)}.`]
}

function wordsOfCounts(
  failing: readonly JudgedFinding[],
  severityOf: SeverityOf,
  policy: GatePolicy,
): string[] {
  return countedSeverities(policy).flatMap(([severity, most]) => {
    const those = failing.filter(one => severityOf(one) === severity)
    const number = new Set(those.map(({finding}) => keyOfFinding(finding))).size
    return those.length === 0 ? [] : [`${number} ${severity}, and ${most} are allowed: ${namesOf(those)}.`]
  })
}

/** What nobody rated never passes in silence. */
function wordOfUnrated(findings: readonly JudgedFinding[], {unratedAs}: GatePolicy): string[] {
  const {length} = findings.filter(
    ({finding, outcome}) => outcome === 'allowed' && !isRated(finding.severity),
  )
  if (length === 0) return []
  return [`Let pass: ${length} that nobody rated, counted as ${unratedAs}.`]
}

/** Whether unscanned platforms that pass are told of: when a warning is wanted, or nothing of the image was scanned. */
function isWorthSaying({platforms}: ImageEvidence, {onUnsupported}: GatePolicy): boolean {
  if (onUnsupported === 'warn') return true
  return onUnsupported === 'pass' && platforms.every(({evidence}) => evidence.kind === 'unsupported')
}

function namesOf(findings: readonly JudgedFinding[]): string {
  const names = findings.map(
    ({finding}) => `${oneLine(finding.id, 80)} in ${oneLine(finding.package.name, 80)}`,
  )
  const distinct = [...new Set(names)]
  const more = distinct.length - named
  return more > 0 ? `${distinct.slice(0, named).join(', ')} and ${more} more` : listOf(distinct)
}

function about(platform: string | null, sentence: string): string {
  return platform === null ? sentence : `${platform}: ${sentence}`
}

function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
