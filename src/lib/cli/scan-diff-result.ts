import type {ComparedFinding, FindingChange} from '../scan/diff.ts'
import type {ScanDiffRun} from '../scan/diff-run.ts'
import type {ImageEvidence} from '../scan/evidence.ts'
import type {Severity} from '../scan/finding.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {type PlatformItem, toPlatformItem} from './scan-gate-result.ts'

/** What `gantry scan-diff` returns: the library's result in the shape that every command has. */
export interface ScanDiffResult extends CommandResult {
  readonly summary: ScanDiffSummary & CommandResult['summary']
  readonly items: readonly ScanDiffItem[]
}

/** The document of `gantry scan-diff --json`. @public for tools/generate-schema.ts */
export type ScanDiffDocument = ScanDiffEnvelope | ErrorEnvelope

interface ScanDiffEnvelope extends Envelope {
  readonly summary: ScanDiffSummary & Envelope['summary']
  readonly items: readonly ScanDiffItem[]
}

interface ScanDiffSummary {
  readonly before: ScannedItem
  readonly after: ScannedItem
  /** How many findings came to what; null when evidence is missing. */
  readonly changes: Readonly<Record<FindingChange, number>> | null
  /** How many are new or worse and as grave as --fail-on says; null without it, and when evidence is missing. */
  readonly failing: number | null
  readonly requests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ScanDiffRun['callers']
}

/** An image that is compared. */
interface ScannedItem {
  readonly image: string
  readonly registry: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: string
  readonly platforms: readonly PlatformItem[]
}

/** A vulnerability of a package in one or both images. */
export interface ScanDiffItem {
  readonly change: FindingChange
  readonly id: string
  readonly package: string
  readonly manager: string | null
  readonly platforms: readonly (string | null)[]
  readonly before: FoundItem | null
  readonly after: FoundItem | null
  readonly differences: readonly string[]
}

/** How one of the images has it. */
interface FoundItem {
  readonly severity: Severity
  readonly version: string | null
  readonly path: string | null
  readonly layer: string | null
  readonly fixedIn: string | null
}

export function toScanDiffResult(run: ScanDiffRun): ScanDiffResult {
  const {before, after, findings, failing, callers, traffic, durationMs, exitCode} = run
  const [caller] = callers
  const images = [toScannedItem(before), toScannedItem(after)] as const
  const unread = images.some(({platforms}) => platforms.some(({evidence}) => evidence !== 'scanned'))
  const changes: Record<FindingChange, number> = {new: 0, changed: 0, unchanged: 0, inherited: 0, fixed: 0}
  for (const {change} of findings) changes[change] += 1
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      before: images[0],
      after: images[1],
      changes: unread ? null : changes,
      failing,
      requests: traffic.requests,
      retries: traffic.retries,
      durationMs,
      callers,
    },
    items: findings.flatMap(toItem),
    warnings: [],
    exitCode,
  }
}

function toScannedItem({text, registry, repository, tag, digest, platforms}: ImageEvidence): ScannedItem {
  return {image: text, registry, repository, tag, digest, platforms: platforms.map(toPlatformItem)}
}

function toItem({change, before, after, platforms, differences}: ComparedFinding): ScanDiffItem[] {
  const shown = after ?? before
  if (shown === null) return []
  const {id, package: found} = shown
  return [
    {
      change,
      id,
      package: found.name,
      manager: found.manager,
      platforms,
      before: toFoundItem(before),
      after: toFoundItem(after),
      differences,
    },
  ]
}

function toFoundItem(finding: ComparedFinding['before']): FoundItem | null {
  if (finding === null) return null
  const {severity, fixedIn, package: found} = finding
  return {severity, version: found.version, path: found.path, layer: found.layer, fixedIn}
}
