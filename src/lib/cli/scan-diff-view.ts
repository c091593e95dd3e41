import {type FindingChange, findingChanges} from '../scan/diff.ts'
import type {ScanDiffItem, ScanDiffResult} from './scan-diff-result.ts'
import type {Style} from './style.ts'
import {table, withoutDispensable} from './table.ts'
import {count, joinFitting, wrapWords} from './text.ts'

const mostRows = 100
const indent = '  '
/** What both images have is counted, not listed. */
const listed: ReadonlySet<FindingChange> = new Set(['new', 'changed', 'fixed'])

/** The comparison for people: what is new, worse and gone, and how much is the same. */
export function viewScanDiff({summary, items}: ScanDiffResult, style: Style): string {
  const {before, after} = summary
  const rows = items.filter(({change}) => listed.has(change))
  const shown = rows.slice(0, mostRows)
  return [
    style.strong(nameOf(before)),
    style.dim(`${indent}${before.digest}`),
    style.strong(`→ ${nameOf(after)}`),
    style.dim(`${indent}${after.digest}`),
    '',
    ...(shown.length === 0 ? [] : [viewRows(shown, style), '']),
    ...(rows.length > shown.length
      ? [`${count(rows.length - shown.length, 'more finding')}: --json has all.`]
      : []),
    ...viewUnread(before, style),
    ...viewUnread(after, style),
    ...viewFailing(summary, style),
    ...viewFigures(summary, style),
  ].join('\n')
}

function nameOf({registry, repository, tag}: ScanDiffResult['summary']['before']): string {
  return `${registry} ${repository}${tag === null ? '' : `:${tag}`}`
}

function viewRows(rows: readonly ScanDiffItem[], style: Style): string {
  const paints: Readonly<Record<FindingChange, (text: string) => string>> = {
    new: style.bad,
    changed: style.warn,
    unchanged: style.dim,
    inherited: style.dim,
    fixed: style.good,
  }
  const columns = [
    {
      header: 'CHANGE',
      value: ({change}: ScanDiffItem) => change,
      paint: (text: string, {change}: ScanDiffItem) => paints[change](text),
    },
    {header: 'SEVERITY', value: ({before, after}: ScanDiffItem) => (after ?? before)?.severity ?? ''},
    {header: 'FINDING', value: ({id}: ScanDiffItem) => id},
    {
      header: 'PACKAGE',
      value: ({package: name, before, after}: ScanDiffItem) =>
        `${name} ${(after ?? before)?.version ?? ''}`.trim(),
    },
    {header: 'FIX', value: ({after}: ScanDiffItem) => after?.fixedIn ?? ''},
    {
      header: 'PLATFORMS',
      value: ({platforms}: ScanDiffItem) => platforms.flatMap(one => one ?? []).join(', '),
    },
    {header: 'WHAT', value: ({differences}: ScanDiffItem) => differences.join(', ')},
  ]
  const told = columns.filter(({value}) => rows.some(row => value(row) !== ''))
  return table(rows, withoutDispensable(rows, told, ['PLATFORMS', 'WHAT', 'FIX'], style), style)
}

function viewUnread({image, platforms}: ScanDiffResult['summary']['before'], style: Style): string[] {
  return platforms.flatMap(({platform, reason}) =>
    reason === null
      ? []
      : [
          `${style.warn('NO EVIDENCE')} ${image}${platform === null ? '' : ` ${platform}`}`,
          ...wrapWords(reason, style.columns - indent.length).map(line => `${indent}${line}`),
        ],
  )
}

/** Why it ended with a no. */
function viewFailing({failing}: ScanDiffResult['summary'], style: Style): string[] {
  if (failing === null || failing === 0) return []
  return [`${style.bad('FAILED')} ${count(failing, 'finding')} new or worse, and as grave as --fail-on says.`]
}

function viewFigures(
  {changes, requests, durationMs, callers}: ScanDiffResult['summary'],
  style: Style,
): string[] {
  const numbers =
    changes === null ? ['not compared'] : findingChanges.map(change => `${changes[change]} ${change}`)
  const figures = [...numbers, count(requests, 'request'), `${(durationMs / 1000).toFixed(1)} s`]
  return [...joinFitting(figures, style.columns), ...callers.map(({arn}) => `As: ${arn}`)]
}
