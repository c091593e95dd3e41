/** What two images have in common: the same vulnerability in the same package, in whatever version. */
import {gateDefaults} from '../config/gates.ts'
import type {ImageEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'
import {countedAs, rankOf} from './severity.ts'

/** Active findings by what they are, one for each; of several in one package the gravest. */
export type FindingsByIdentity = ReadonlyMap<string, Finding>

/** What one platform of either image has. */
export interface PlatformPair {
  /** Of the later image, or of the earlier one where only that has it. */
  readonly platform: string | null
  readonly before: FindingsByIdentity
  readonly after: FindingsByIdentity
}

/** The platforms of both images, each with its like; where both have but one, these are compared whatever they are. */
export function platformPairs(before: ImageEvidence, after: ImageEvidence): readonly PlatformPair[] {
  const [old, young] = [findingsByPlatform(before), findingsByPlatform(after)]
  const [only] = old.size === 1 && young.size === 1 ? old.values() : []
  if (only !== undefined) return [...young].map(([platform, last]) => ({platform, before: only, after: last}))
  const none: FindingsByIdentity = new Map()
  return [...new Set([...young.keys(), ...old.keys()])].map(platform => ({
    platform,
    before: old.get(platform) ?? none,
    after: young.get(platform) ?? none,
  }))
}

/** The same for the same vulnerability in the same package, whatever its version: an update that does not mend it is no news. */
export function identityOf({id, package: {name, manager}}: Finding): string {
  return JSON.stringify([id, name, manager])
}

/** What makes a finding news though the earlier image has it: it is graver, or there is an update or an exploit now. */
export function whatIsWorse(before: Finding, after: Finding): readonly string[] {
  return [
    ...(rank(after) < rank(before) ? [`${after.severity} was ${before.severity}`] : []),
    ...(hasUpdate(after) && !hasUpdate(before) ? ['an update mends it now'] : []),
    ...(after.exploitable === true && before.exploitable === false ? ['an exploit is known now'] : []),
  ]
}

/** 0 is the gravest; what nobody rated may be anything. */
export function rank({severity}: Finding): number {
  return rankOf(countedAs(severity, gateDefaults.unratedAs))
}

/** An index may list several images for one platform: any of them may be run. */
function findingsByPlatform({platforms}: ImageEvidence): ReadonlyMap<string | null, FindingsByIdentity> {
  const groups = Map.groupBy(platforms, ({platform}) => platform)
  return new Map(
    [...groups].map(([platform, images]) => [
      platform,
      byIdentity(images.flatMap(({evidence}) => (evidence.kind === 'scanned' ? evidence.findings : []))),
    ]),
  )
}

/** What Inspector suppressed or closed is no finding. */
function byIdentity(findings: readonly Finding[]): FindingsByIdentity {
  const found = new Map<string, Finding>()
  for (const finding of findings.filter(({status}) => status === 'active')) {
    const identity = identityOf(finding)
    const same = found.get(identity)
    if (same === undefined || rank(finding) < rank(same)) found.set(identity, finding)
  }
  return found
}

function hasUpdate({fix}: Finding): boolean {
  return fix === 'yes' || fix === 'partial'
}
