import type {GateSeverity} from '../config/gates.ts'
import {
  type FindingItem,
  type GatedItem,
  isGated,
  type MissingItem,
  type ScanGateResult,
} from './scan-gate-result.ts'
import {byPackage, firstOf, outcomeWords, type PackageRow, versionWords} from './scan-packages.ts'
import type {Style} from './style.ts'
import {type Column, table, withoutDispensable} from './table.ts'
import {count, joinFitting, truncateMiddle, wrapWords} from './text.ts'

const mostRows = 50
const indent = '  '
/** How many findings a row names: one where the terminal is narrower than this. */
const mostIds = 3
const roomy = 110
const mostWhys = 5
const widestPackage = 60
const widestWord = 40
/** What gives way before anything is cut: a reason cut down to its ends says nothing. */
const dispensable = ['WHY', 'PLATFORMS', 'PATH']

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
    ...reasons.flatMap(reason => sentence(reason, style)),
    ...scanned.map(one => style.dim(`  ${scannedWords(one)}`)),
    ...(baseline === null ? [] : sentence(baselineWords(baseline), style).map(style.dim)),
    ...viewFindings(findings, style),
  ]
}

/** `linux/arm64: enhanced scan of 2026-11-21T08:00Z, 3 findings`. */
function scannedWords({platform, by, scannedAt, findings}: GatedItem['platforms'][number]): string {
  const where = platform === null ? '' : `${platform}: `
  const when = scannedAt === null ? '' : ` of ${scannedAt.slice(0, 16)}Z`
  return `${where}${by} scan${when}, ${count(findings ?? 0, 'finding')}`
}

function baselineWords({text, digest, problem}: NonNullable<GatedItem['baseline']>): string {
  return problem === null
    ? `Compared with ${text} (${digest ?? ''})`
    : `Not compared with ${text}: ${problem}`
}

function viewFindings(findings: readonly FindingItem[], style: Style): string[] {
  if (findings.length === 0) return []
  const rows = byPackage(findings)
  const shown = rows.slice(0, mostRows)
  const inner = {...style, columns: style.columns - indent.length}
  const columns = columnsFor(shown, inner)
  const left = rows.length - shown.length
  return [
    ...table(shown, columns, inner)
      .split('\n')
      .map(line => `${indent}${line}`),
    ...(columns.some(({header}) => header === 'WHY') ? [] : viewSetAside(shown, style)),
    ...(left > 0 ? [`${indent}${count(left, 'more package')}: --json or a report has all.`] : []),
  ]
}

/** Why findings do not count, where the table has no room for it. */
function viewSetAside(rows: readonly PackageRow[], style: Style): string[] {
  const others = rows.filter(({outcome}) => outcome !== 'fails' && outcome !== 'allowed')
  const whys = [...new Set(others.map(outcomeWords))]
  const left = whys.length - mostWhys
  return [
    ...whys.slice(0, mostWhys).flatMap(why => sentence(why, style)),
    ...(left > 0 ? [`${indent}${count(left, 'more reason')}`] : []),
  ].map(style.dim)
}

function columnsFor(rows: readonly PackageRow[], style: Style): readonly Column<PackageRow>[] {
  const ids = style.columns < roomy ? 1 : mostIds
  const columns: readonly Column<PackageRow>[] = [
    {header: 'PACKAGE', value: row => truncateMiddle(versionWords(row.package), widestPackage)},
    {header: 'PATH', value: row => truncateMiddle(row.package.path ?? '', widestPackage)},
    {header: 'FIX', value: row => truncateMiddle(row.fix, widestWord)},
    {
      header: 'SEVERITY',
      value: row => row.severity,
      paint: (text, {severity}) => paintOf(severity, style)(text),
    },
    {
      header: 'FINDINGS',
      value: row =>
        firstOf(
          row.ids.map(id => truncateMiddle(id, widestWord)),
          ids,
        ),
    },
    {header: 'PLATFORMS', value: row => truncateMiddle(row.platforms.join(', '), widestPackage)},
    {
      header: 'OUTCOME',
      value: row => row.outcome,
      paint: (text, {outcome}) => (outcome === 'fails' ? style.bad(text) : style.dim(text)),
    },
    {header: 'WHY', value: row => row.why},
  ]
  const told = columns.filter(({value}) => rows.some(row => value(row) !== ''))
  return withoutDispensable(rows, told, dispensable, style)
}

function sentence(text: string, style: Style): string[] {
  return wrapWords(text, style.columns - indent.length).map(line => `${indent}${line}`)
}

function paintOf(severity: GateSeverity, style: Style): (text: string) => string {
  if (severity === 'critical' || severity === 'high') return style.bad
  return severity === 'medium' ? style.warn : style.dim
}

function viewMissing({image, error}: MissingItem, style: Style): string[] {
  return [
    `${style.warn('UNDETERMINED')} ${style.strong(image)}`,
    ...[error.message, ...error.hints].flatMap(line => sentence(line, style)),
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
