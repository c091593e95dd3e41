import type {GateSeverity} from '../config/gates.ts'
import {
  type FindingItem,
  type GatedItem,
  isGated,
  type MissingItem,
  type ScanGateResult,
} from './scan-gate-result.ts'
import type {Style} from './style.ts'
import {type Column, table, withoutDispensable} from './table.ts'
import {count, joinFitting} from './text.ts'

const mostRows = 50

/** The result for people: of each image the verdict, why, and its findings by package with what mends them. */
export function viewScanGate(result: ScanGateResult, style: Style): string {
  return [
    ...result.items.flatMap(item => [
      ...(isGated(item) ? viewImage(item, style) : viewMissing(item, style)),
      '',
    ]),
    ...viewSummary(result, style),
  ].join('\n')
}

function viewImage(item: GatedItem, style: Style): string[] {
  const {verdict, registry, repository, tag, digest, reasons, platforms, baseline, findings} = item
  const paint = {passed: style.good, failed: style.bad, undetermined: style.warn}[verdict]
  const name = `${registry} ${repository}${tag === null ? '' : `:${tag}`}`
  const scanned = platforms.filter(({evidence}) => evidence === 'scanned')
  return [
    `${paint(verdict.toUpperCase())} ${style.strong(name)}`,
    style.dim(`  ${digest}`),
    ...reasons.map(reason => `  ${reason}`),
    ...(scanned.length === 0 ? [] : [style.dim(`  ${scannedWords(scanned)}`)]),
    ...(baseline === null ? [] : [style.dim(`  ${baselineWords(baseline)}`)]),
    ...viewFindings(findings, style),
  ]
}

function scannedWords(scanned: GatedItem['platforms']): string {
  const words = scanned.map(({platform, by, scannedAt, findings}) =>
    [
      platform ?? 'scanned',
      `${by}${scannedAt === null ? '' : ` ${scannedAt.slice(0, 16)}Z`}`,
      count(findings ?? 0, 'finding'),
    ].join(', '),
  )
  return `Evidence: ${words.join('; ')}`
}

function baselineWords({text, digest, problem}: NonNullable<GatedItem['baseline']>): string {
  return problem === null
    ? `Compared with ${text} (${digest ?? ''})`
    : `Not compared with ${text}: ${problem}`
}

/** Findings of one version of a package with the same outcome. */
interface PackageRow {
  readonly package: string
  readonly fix: string
  readonly severity: GateSeverity
  readonly ids: string
  readonly outcome: FindingItem['outcome']
  readonly platforms: string
  readonly why: string
}

function viewFindings(findings: readonly FindingItem[], style: Style): string[] {
  if (findings.length === 0) return []
  const rows = packageRows(findings)
  const shown = rows.slice(0, mostRows)
  const columns: readonly Column<PackageRow>[] = [
    {header: 'PACKAGE', value: row => row.package},
    {header: 'FIX', value: row => row.fix},
    {
      header: 'SEVERITY',
      value: row => row.severity,
      paint: (text, {severity}) => paintOf(severity, style)(text),
    },
    {header: 'FINDINGS', value: row => row.ids},
    {header: 'PLATFORMS', value: row => row.platforms},
    {
      header: 'OUTCOME',
      value: row => row.outcome,
      paint: (text, {outcome}) => (outcome === 'fails' ? style.bad(text) : style.dim(text)),
    },
    {header: 'WHY', value: row => row.why},
  ]
  const kept = shown.some(({platforms}) => platforms !== '')
    ? columns
    : columns.filter(({header}) => header !== 'PLATFORMS')
  const fitting = withoutDispensable(shown, kept, ['PLATFORMS', 'WHY', 'OUTCOME'], style)
  const left = rows.length - shown.length
  return [
    ...table(shown, fitting, style)
      .split('\n')
      .map(line => `  ${line}`),
    ...(left > 0 ? [`  ${count(left, 'more package')}: --json or a report has all.`] : []),
  ]
}

function packageRows(findings: readonly FindingItem[]): PackageRow[] {
  const groups = Map.groupBy(findings, ({package: {name, version, manager, path}, outcome, why}) =>
    JSON.stringify([name, version, manager, path, outcome, why]),
  )
  return [...groups.values()].flatMap(group => {
    const [gravest] = group
    if (gravest === undefined) return []
    const {name, version, path} = gravest.package
    return [
      {
        package: `${name}${version === null ? '' : ` ${version}`}${path === null ? '' : ` (${path})`}`,
        fix: fixWords(group),
        severity: gravest.countsAs,
        ids: [...new Set(group.map(({id}) => id))].join(', '),
        outcome: gravest.outcome,
        platforms: [...new Set(group.flatMap(({platforms}) => platforms.flatMap(one => one ?? [])))].join(
          ', ',
        ),
        why: gravest.why,
      },
    ]
  })
}

/** Versions that mend them, or that there is none, or that nobody tells. */
function fixWords(group: readonly FindingItem[]): string {
  const versions = [...new Set(group.flatMap(({fixedIn}) => fixedIn ?? []))]
  if (versions.length > 0) return versions.join(', ')
  if (group.every(({fix}) => fix === 'no')) return 'none'
  return group.some(({fix}) => fix === 'yes' || fix === 'partial') ? 'yes' : '?'
}

function paintOf(severity: GateSeverity, style: Style): (text: string) => string {
  if (severity === 'critical' || severity === 'high') return style.bad
  return severity === 'medium' ? style.warn : style.dim
}

function viewMissing({image, error}: MissingItem, style: Style): string[] {
  return [
    `${style.warn('UNDETERMINED')} ${style.strong(image)}`,
    `  ${error.message}`,
    ...error.hints.map(hint => `  ${hint}`),
  ]
}

function viewSummary({summary, items}: ScanGateResult, style: Style): string[] {
  const {verdicts, gate, requests, retries, durationMs, callers} = summary
  const figures = [
    count(items.length, 'image'),
    `${verdicts.passed} passed`,
    `${verdicts.failed} failed`,
    `${items.length - verdicts.passed - verdicts.failed} undetermined`,
    ...(gate === null ? [] : [`gate ${gate}`]),
    count(requests, 'request'),
    ...(retries > 0 ? [`${retries} retried`] : []),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  return [...joinFitting(figures, style.columns), ...callers.map(({arn}) => `As: ${arn}`)]
}
