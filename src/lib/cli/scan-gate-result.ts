import {type GatePolicy, type GateSeverity, gateSeverities} from '../config/gates.ts'
import type {IgnoreRule} from '../config/ignores/model.ts'
import type {ComparedWith} from '../scan/baseline.ts'
import type {PlatformEvidence} from '../scan/evidence.ts'
import type {Finding} from '../scan/finding.ts'
import type {GatedImage, ScanGateRun} from '../scan/gate-run.ts'
import {countedAs, isAtOrAbove} from '../scan/severity.ts'
import type {FindingOutcome, GateVerdict, JudgedFinding} from '../scan/verdict.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {ignoreWarnings} from './ignore-warnings.ts'

/** What `gantry scan-gate` returns: the library's result in the shape that every command has. */
export interface ScanGateResult extends CommandResult {
  readonly summary: ScanGateSummary & CommandResult['summary']
  readonly items: readonly ScanGateItem[]
}

/** The document of `gantry scan-gate --json`. @public for tools/generate-schema.ts */
export type ScanGateDocument = ScanGateEnvelope | ErrorEnvelope

interface ScanGateEnvelope extends Envelope {
  readonly summary: ScanGateSummary & Envelope['summary']
  readonly items: readonly ScanGateItem[]
}

interface ScanGateSummary {
  /** The gate of repos.yaml; null without one. */
  readonly gate: string | null
  /** What held: the gate's words, and those of flags instead. */
  readonly policy: GatePolicy
  /** How many images have which verdict. */
  readonly verdicts: Readonly<Record<GateVerdict, number>>
  /** Images that words name and that could not be looked at. */
  readonly missing: number
  readonly ignores: {
    readonly expired: readonly IgnoreItem[]
    readonly expiring: readonly IgnoreItem[]
    readonly unused: readonly IgnoreItem[]
  }
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ScanGateRun['callers']
}

/** An ignore rule of which there is something to say. */
export interface IgnoreItem {
  readonly id: string
  /** `FILE:LINE`. */
  readonly where: string
  /** A day, or `never`. */
  readonly until: string
  readonly reason: string
  readonly owner: string | null
}

export type ScanGateItem = GatedItem | MissingItem

/** An image that was judged. */
export interface GatedItem {
  readonly image: string
  readonly registry: string
  readonly host: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: string
  readonly verdict: GateVerdict
  readonly reasons: readonly string[]
  readonly platforms: readonly PlatformItem[]
  /** How many findings came to what. */
  readonly outcomes: Readonly<Partial<Record<FindingOutcome, number>>>
  /** How many of those that fail count as which severity. */
  readonly failing: Readonly<Partial<Record<GateSeverity, number>>>
  readonly baseline: ComparedWith | null
  /** Those that the report is about, and all that fail; the gravest first. */
  readonly findings: readonly FindingItem[]
  readonly error: null
}

export interface PlatformItem {
  readonly platform: string | null
  readonly digest: string
  readonly evidence: PlatformEvidence['evidence']['kind']
  /** ECR's word; null when there is no scan. */
  readonly status: string | null
  readonly by: 'basic' | 'enhanced' | null
  /** ISO 8601. */
  readonly scannedAt: string | null
  /** Findings of it, whatever becomes of them; null without evidence. */
  readonly findings: number | null
  /** Why there is no evidence. */
  readonly reason: string | null
}

export interface FindingItem extends Omit<Finding, 'firstObservedAt'> {
  /** ISO 8601. */
  readonly firstObservedAt: string | null
  /** What it counts as: its severity, or what the policy says of those that nobody rated. */
  readonly countsAs: GateSeverity
  readonly platforms: readonly (string | null)[]
  readonly outcome: FindingOutcome
  readonly why: string
}

/** A word that means no image that could be looked at. */
export interface MissingItem {
  readonly image: string
  readonly verdict: 'undetermined'
  readonly error: {readonly code: string; readonly message: string; readonly hints: readonly string[]}
}

export function toScanGateResult(run: ScanGateRun): ScanGateResult {
  const {gate, policy, images, missing, notes, callers, warnings, traffic, durationMs, exitCode} = run
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  const number = (wanted: GateVerdict) => images.filter(({verdict}) => verdict === wanted).length
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      gate,
      policy,
      verdicts: {
        passed: number('passed'),
        failed: number('failed'),
        undetermined: number('undetermined'),
      },
      missing: missing.length,
      ignores: {
        expired: notes.expired.map(toIgnoreItem),
        expiring: notes.expiring.map(toIgnoreItem),
        unused: notes.unused.map(toIgnoreItem),
      },
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
    },
    items: [
      ...images.map(image => toGatedItem(image, policy)),
      ...missing.map(
        ({text: image, error: {code, message, hints}}): MissingItem => ({
          image,
          verdict: 'undetermined',
          error: {code, message, hints},
        }),
      ),
    ],
    warnings: [...warnings, ...ignoreWarnings(notes)],
    exitCode,
  }
}

export function isGated(item: ScanGateItem): item is GatedItem {
  return item.error === null
}

function toGatedItem(
  {image, verdict, reasons, findings, baseline}: GatedImage,
  policy: GatePolicy,
): GatedItem {
  const {text, registry, host, repository, tag, digest, platforms} = image
  const severityOf = ({finding}: JudgedFinding) => countedAs(finding.severity, policy.unratedAs)
  const failing = findings.filter(({outcome}) => outcome === 'fails')
  return {
    image: text,
    registry,
    host,
    repository,
    tag,
    digest,
    verdict,
    reasons,
    platforms: platforms.map(toPlatformItem),
    outcomes: tally(findings.map(({outcome}) => outcome)),
    failing: Object.fromEntries(
      gateSeverities.flatMap(severity => {
        const {length} = failing.filter(one => severityOf(one) === severity)
        return length === 0 ? [] : [[severity, length]]
      }),
    ),
    baseline,
    findings: findings
      .filter(one => one.outcome === 'fails' || isAtOrAbove(severityOf(one), policy.report))
      .map(one => ({
        ...one.finding,
        firstObservedAt: timeOf(one.finding.firstObservedAt),
        countsAs: severityOf(one),
        platforms: one.platforms,
        outcome: one.outcome,
        why: one.why,
      })),
    error: null,
  }
}

export function toPlatformItem({platform, digest, evidence}: PlatformEvidence): PlatformItem {
  const {kind, status} = evidence
  const where = {platform, digest, evidence: kind, status}
  return kind === 'scanned'
    ? {
        ...where,
        by: evidence.by,
        scannedAt: timeOf(evidence.scannedAt),
        findings: evidence.findings.length,
        reason: null,
      }
    : {...where, by: null, scannedAt: null, findings: null, reason: evidence.reason}
}

function tally<Word extends string>(words: readonly Word[]): Partial<Record<Word, number>> {
  const counts: Partial<Record<Word, number>> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function toIgnoreItem({id, origin, until, reason, owner}: IgnoreRule): IgnoreItem {
  return {id, where: `${origin.file}:${origin.line}`, until, reason, owner: owner ?? null}
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
