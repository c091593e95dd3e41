/** What a policy makes of a finding by itself: which it means, and of what it means nothing. */
import {type GatePolicy, type GateSeverity, gateSeverities} from '../config/gates.ts'
import {matchesPath, matchesText} from '../config/match.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import type {ImageEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'
import {countedAs, isAtOrAbove, isRated} from './severity.ts'

/**
 * Why the policy lets a finding pass, as one clause; undefined when it counts. What a scan does not tell of a finding
 * does not let it pass.
 */
export function whyAllowed(finding: Finding, policy: GatePolicy): string | undefined {
  const {failOn, packages, paths} = policy
  const {name, path, manager} = finding.package
  if (packages.length > 0 && !packages.some(pattern => matchesText(pattern, name))) {
    return 'the gate means other packages'
  }
  if (paths.length > 0 && isElsewhere(path, manager, paths)) return 'the gate means other paths'
  if (failOn.fixable && finding.fix === 'no') return 'no update mends it'
  if (failOn.cvss !== undefined && finding.score !== null && finding.score < failOn.cvss) {
    return `CVSS ${finding.score} is below ${failOn.cvss}`
  }
  if (failOn.exploitable && finding.exploitable === false) return 'no exploit is known'

  const severity = countedAs(finding.severity, policy.unratedAs)
  if (policy.most[severity] !== undefined) return undefined
  if (isAtOrAbove(severity, thresholdOf(policy))) return undefined
  const why = failOn.severity === null ? 'not counted' : `below ${failOn.severity}`
  return `${ratingOf(finding, policy)} is ${why}`
}

/** Where numbers alone decide: the least grave severity that they name, for who bounds that means no graver one to pass. */
function thresholdOf({failOn, most}: GatePolicy): GateSeverity {
  return (
    failOn.severity ??
    gateSeverities.findLast(severity => most[severity] !== undefined) ??
    // Without any number everything fails, for nobody said what may pass.
    'informational'
  )
}

/** Why a finding fails that the policy means: by its severity, or by the number of its like. */
export function whyFails(finding: Finding, policy: GatePolicy): string {
  const threshold = thresholdOf(policy)
  return policy.failOn.severity === null
    ? `${ratingOf(finding, policy)} is graver than ${threshold}, which is counted`
    : `${ratingOf(finding, policy)} is at or above ${threshold}`
}

/** `high`, or `untriaged, counted as critical,`. */
function ratingOf({severity}: Finding, {unratedAs}: GatePolicy): string {
  return isRated(severity) ? severity : `${severity}, counted as ${unratedAs},`
}

/** Packages of the operating system lie at no path of their own; where another is may only be untold. */
function isElsewhere(path: string | null, manager: string | null, paths: readonly string[]): boolean {
  if (path === null) return manager === 'OS'
  return !paths.some(pattern => matchesPath(pattern, path))
}

/** What of a policy no basic scan tells (ECR API reference, ImageScanFinding). */
const enhancedOnly: readonly {
  readonly key: string
  readonly flag: string
  readonly about: string
  readonly isAsked: (policy: GatePolicy) => boolean
}[] = [
  {
    key: 'failOn.fixable',
    flag: '--fixable',
    about: 'whether an update mends it',
    isAsked: ({failOn}) => failOn.fixable,
  },
  {
    key: 'failOn.exploitable',
    flag: '--exploitable',
    about: 'whether an exploit is known',
    isAsked: ({failOn}) => failOn.exploitable,
  },
  {key: 'grace', flag: '--grace', about: 'when it was first seen', isAsked: ({graceMs}) => graceMs > 0},
  {key: 'paths', flag: '--path', about: 'where in the image it is', isAsked: ({paths}) => paths.length > 0},
]

/** @throws {UsageError} FILTER_NEEDS_ENHANCED when the policy asks for what a basic scan of the image does not tell. */
export function refuseUntold({text, platforms}: ImageEvidence, policy: GatePolicy): void {
  const basic = platforms.some(({evidence}) => evidence.kind === 'scanned' && evidence.by === 'basic')
  const asked = basic ? enhancedOnly.find(({isAsked}) => isAsked(policy)) : undefined
  if (asked === undefined) return
  throw new UsageError(
    'FILTER_NEEDS_ENHANCED',
    `${oneLine(text)}: "${asked.key}" asks of a finding ${asked.about}, and its basic scan does not tell. Leave it out (${asked.flag}, or the gate's key), or use enhanced scanning.`,
  )
}

/** Those of whom so many are allowed, with the number. */
export function countedSeverities({most}: GatePolicy): readonly (readonly [GateSeverity, number])[] {
  return Object.entries(most) as [GateSeverity, number][]
}
