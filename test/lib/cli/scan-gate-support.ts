import {toReport} from '../../../src/lib/cli/reports/report.ts'
import {type ScanGateResult, toScanGateResult} from '../../../src/lib/cli/scan-gate-result.ts'
import {FailureError} from '../../../src/lib/errors.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import type {ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {gateExitCode, type ScanGateRun} from '../../../src/lib/scan/gate-run.ts'
import {ignoreRulesOf} from '../../../src/lib/scan/ignore-rules.ts'
import type {GateTerms} from '../../../src/lib/scan/judge-image.ts'
import {
  findingOf,
  imageOf,
  judge,
  type PolicyParts,
  policyOf,
  ruleOf,
  scanned,
  without,
} from '../scan/judge-support.ts'

export interface ResultParts {
  readonly policy?: PolicyParts
  readonly terms?: Partial<GateTerms>
  /** Words that name nothing. */
  readonly missing?: readonly string[]
  readonly run?: Partial<ScanGateRun>
}

/** What `gantry scan-gate` returns of images, judged. */
export function resultOf(
  images: readonly ImageEvidence[],
  {policy = {}, terms, missing: words = [], run}: ResultParts = {},
): ScanGateResult {
  const judged = images.map(image => ({...judge(image, policy, terms), baseline: null}))
  const missing = words.map(text => ({
    text,
    error: new FailureError('IMAGE_NOT_FOUND', `${text} is nowhere.`, {hints: ['Near ones are v1 and v2.']}),
  }))
  return toScanGateResult({
    gate: null,
    policy: policyOf(policy),
    images: judged,
    missing,
    notes: {expired: [], expiring: [], unused: []},
    callers: [],
    warnings: [],
    traffic: noTraffic(),
    durationMs: 1234,
    exitCode: gateExitCode(judged, missing),
    ...run,
  })
}

/** A report as it is written. */
export function reportOf(kind: Parameters<typeof toReport>[0], result: ScanGateResult): string {
  return toReport(kind, result, {version: '1.2.3', root: '/work'})
}

/** Two platforms: one critical and two high findings fail, one would if nobody ignored it, a low one is allowed. */
export const failing = imageOf({
  'linux/amd64': scanned([
    findingOf({id: 'CVE-2026-0001', severity: 'critical', score: 9.8, title: 'CVE-2026-0001 - openssl'}),
    findingOf({id: 'CVE-2026-0002', uri: 'https://example.com/CVE-2026-0002'}),
    findingOf({id: 'CVE-2026-0003', package: {name: 'zlib', version: '1.2'}, fix: 'no', fixedIn: null}),
    findingOf({id: 'CVE-2026-0004', package: {name: 'curl', version: '8.0'}}),
    findingOf({id: 'CVE-2026-0005', severity: 'low', score: null}),
  ]),
  'linux/arm64': scanned([
    findingOf({id: 'CVE-2026-0001', severity: 'critical', score: 9.8, title: 'CVE-2026-0001 - openssl'}),
  ]),
})
export const ignoresCurl = {ignores: ignoreRulesOf([ruleOf({id: 'CVE-2026-0004'})])}
export const undetermined = imageOf({'linux/amd64': without('lost', 'The scan failed.')}, {tag: 'v2'})
export const unsupported = imageOf({'': without('unsupported', 'It cannot be scanned.')}, {tag: 'v3'})
export const passing = imageOf({'': scanned([])}, {tag: 'v4'})
/** One of each. */
export const mixed = resultOf([failing, undetermined, unsupported, passing], {
  terms: ignoresCurl,
  missing: ['prod/x:v9'],
})
