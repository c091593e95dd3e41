import type {GateVerdict} from '../../scan/verdict.ts'
import {escapeMarkdown} from '../escape.ts'
import {fitComment, markdownDetails, markdownList, markdownTable} from '../markdown.ts'
import {verdictOf} from '../scan-gate-outputs.ts'
import {type GatedItem, isGated, type ScanGateItem, type ScanGateResult} from '../scan-gate-result.ts'
import {byPackage, firstOf, outcomeWords, type PackageRow, packageWords} from '../scan-packages.ts'
import {count, truncateMiddle} from '../text.ts'
import {nameOf, reasonsOf, titleOf} from './words.ts'

/** So many reasons are told of an image, and so many findings named of a package. */
const mostReasons = 10
const mostIds = 3
/** Characters of a cell. */
const longestCell = 120
/** A table takes so many bytes at most, that several have room. */
const tableBytes = 12 * 1024

const verdicts: readonly GateVerdict[] = ['failed', 'undetermined', 'passed']

/**
 * The verdict, why, and the findings by package with what mends them, as GitHub's and GitLab's Markdown: at most 64 KiB,
 * which a comment and the summary of a step both have room for; a line says what was left out.
 */
export function toMarkdown(result: ScanGateResult): string {
  const items = verdicts.flatMap(verdict => result.items.filter(item => item.verdict === verdict))
  return fitComment(
    [
      viewTotals(result).join('\n'),
      viewImages(items),
      ...items.flatMap(viewReasons),
      ...items.filter(isGated).flatMap(viewFindings),
      ...(result.warnings.length === 0
        ? []
        : [markdownDetails('Warnings', markdownList(result.warnings, mostReasons))]),
    ],
    leftOut =>
      `**${leftOut === 1 ? '1 more part is' : `${leftOut} more parts are`} left out, for a comment has no room: see \`--json\`.**`,
  )
}

function viewTotals(result: ScanGateResult): string[] {
  const {items, summary} = result
  const {
    verdicts: {passed, failed},
    gate,
  } = summary
  const undetermined = items.length - passed - failed
  const by = gate === null ? '' : ` By the gate ${gate}.`
  return [
    `### Scan gate: ${verdictOf(result)}`,
    '',
    escapeMarkdown(
      `${count(items.length, 'image')}: ${passed} passed, ${failed} failed, ${undetermined} undetermined.${by}`,
    ),
  ]
}

function viewImages(items: readonly ScanGateItem[]): string {
  const rows = items.map(item => [cell(nameOf(item)), item.verdict, isGated(item) ? failingWords(item) : ''])
  return fittingTable(['image', 'verdict', 'failing'], rows, 'image').join('\n')
}

/** `2 critical, 1 high`. */
function failingWords({failing}: GatedItem): string {
  return Object.entries(failing)
    .map(([severity, number]) => `${number} ${severity}`)
    .join(', ')
}

/** What keeps an image from passing stands open; that one passed is told by the verdict. */
function viewReasons(item: ScanGateItem): string[] {
  const reasons = reasonsOf(item)
  if (reasons.length === 0) return []
  return [
    [`**${item.verdict}: ${escapeMarkdown(titleOf(item))}**`, '', ...markdownList(reasons, mostReasons)].join(
      '\n',
    ),
  ]
}

function viewFindings(item: GatedItem): string[] {
  const rows = byPackage(item.findings)
  const failing = rows.filter(({outcome}) => outcome === 'fails')
  const others = rows.filter(({outcome}) => outcome !== 'fails')
  const name = titleOf(item)
  return [
    ...(failing.length === 0
      ? []
      : [[`**What fails in ${escapeMarkdown(name)}**`, '', ...viewRows(failing)].join('\n')]),
    ...(others.length === 0
      ? []
      : [
          markdownDetails(
            `${count(others.length, 'package')} with findings that do not fail in ${name}`,
            viewRows(others),
          ),
        ]),
  ]
}

function viewRows(rows: readonly PackageRow[]): string[] {
  return fittingTable(
    ['package', 'fix', 'severity', 'findings', 'platforms', 'why'],
    rows.map(row => [
      cell(packageWords(row.package)),
      cell(row.fix),
      row.severity,
      cell(firstOf(row.ids, mostIds)),
      cell(firstOf(row.platforms, mostIds)),
      cell(outcomeWords(row)),
    ]),
    'package',
  )
}

function cell(text: string): string {
  return truncateMiddle(text, longestCell)
}

/** As many of the first rows as {@link tableBytes} hold, and how many more there are. */
function fittingTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  noun: string,
): string[] {
  const lines = markdownTable(headers, rows)
  let bytes = 0
  const beyond = lines.findIndex(line => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > tableBytes
  })
  if (beyond === -1) return lines
  return [...lines.slice(0, beyond), '', `and ${count(lines.length - beyond, `more ${noun}`)}`]
}
