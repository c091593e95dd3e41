import {type GatePolicy, gateDefaults} from '../../../src/lib/config/gates.ts'
import type {IgnoreRule} from '../../../src/lib/config/ignores/model.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import type {Evidence, ImageEvidence, NoEvidence, PlatformEvidence} from '../../../src/lib/scan/evidence.ts'
import type {Finding, FoundPackage} from '../../../src/lib/scan/finding.ts'
import {ignoreRulesOf} from '../../../src/lib/scan/ignore-rules.ts'
import {type GateTerms, judgeImage} from '../../../src/lib/scan/judge-image.ts'
import type {ImageVerdict} from '../../../src/lib/scan/verdict.ts'
import {vexStatementsOf} from '../../../src/lib/scan/vex.ts'

export const day = 86_400_000
export const now = Date.parse('2026-11-21T12:00:00Z')

export const digestOf = (letter: string): Digest => `sha256:${letter.repeat(64)}`

export type FindingParts = Partial<Omit<Finding, 'package'>> & {readonly package?: Partial<FoundPackage>}

/** A high one in openssl, first seen 30 days ago, with a fix. */
export function findingOf({package: found, ...parts}: FindingParts = {}): Finding {
  return {
    id: 'CVE-2026-0001',
    severity: 'high',
    fix: 'yes',
    fixedIn: '3.0.2',
    exploitable: false,
    score: 7.5,
    firstObservedAt: now - 30 * day,
    status: 'active',
    title: null,
    description: null,
    uri: null,
    ...parts,
    package: {name: 'openssl', version: '3.0.1', manager: 'OS', path: null, layer: null, ...found},
  }
}

export function scanned(findings: readonly Finding[], by: 'basic' | 'enhanced' = 'enhanced'): Evidence {
  return {kind: 'scanned', by, status: by === 'basic' ? 'COMPLETE' : 'ACTIVE', scannedAt: now, findings}
}

export function without(kind: NoEvidence['kind'], reason = `It is ${kind}.`): NoEvidence {
  return {kind, status: kind === 'unsupported' ? 'UNSUPPORTED_IMAGE' : null, reason}
}

/** The platforms' manifests have the digests 1, 2 and so on. */
export function imageOf(
  platforms: Readonly<Record<string, Evidence>>,
  parts: Partial<ImageEvidence> = {},
): ImageEvidence {
  return {
    text: 'prod/payments/api:v1',
    registry: 'prod@eu-west-1',
    host: '222222222222.dkr.ecr.eu-west-1.amazonaws.com',
    repository: 'payments/api',
    tag: 'v1',
    digest: digestOf('a'),
    pushedAt: now - day,
    platforms: Object.entries(platforms).map(
      ([platform, evidence], index): PlatformEvidence => ({
        platform: platform === '' ? null : platform,
        digest: digestOf(String(index + 1)),
        evidence,
      }),
    ),
    ...parts,
  }
}

/** An image without platforms. */
export const single = (findings: readonly Finding[], by?: 'basic' | 'enhanced') =>
  imageOf({'': scanned(findings, by)})

export type PolicyParts = Omit<Partial<GatePolicy>, 'failOn'> & {
  readonly failOn?: Partial<GatePolicy['failOn']>
}

export function policyOf({failOn, ...parts}: PolicyParts = {}): GatePolicy {
  return {...gateDefaults, ...parts, failOn: {...gateDefaults.failOn, ...failOn}}
}

export const noTerms: GateTerms = {now, ignores: ignoreRulesOf([]), vex: vexStatementsOf([])}

export function judge(
  image: ImageEvidence,
  policy: PolicyParts = {},
  terms: Partial<GateTerms> = {},
): ImageVerdict {
  return judgeImage(image, policyOf(policy), {...noTerms, ...terms})
}

/** What became of each finding: its id, the outcome and why. */
export function outcomesOf({findings}: ImageVerdict): readonly string[] {
  return findings.map(({finding, outcome, why}) => `${finding.id} ${outcome}: ${why}`)
}

export function ruleOf(parts: Partial<IgnoreRule> = {}): IgnoreRule {
  return {
    id: 'CVE-2026-0001',
    repositories: [],
    packages: [],
    platforms: [],
    until: 'never',
    endsAt: null,
    reason: 'no path reaches it',
    owner: null,
    origin: {file: '.gantry-ignores.yaml', line: 4, column: 5},
    ...parts,
  }
}
