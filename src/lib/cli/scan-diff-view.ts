import {type FindingChange, findingChanges} from '../scan/diff.ts'
import type {ScanDiffItem, ScanDiffResult} from './scan-diff-result.ts'
import type {Style} from './style.ts'
import {table, withoutDispensable} from './table.ts'
import {count, joinFitting} from './text.ts'

const mostRows = 100
/** What both images have is counted, not listed. */
const listed: ReadonlySet<FindingChange> = new Set(['new', 'changed', 'fixed'])

/** The comparison for people: what is new, worse and gone, and how much is the same. */
export function viewScanDiff({summary, items}: ScanDiffResult, style: Style): string {
  const {before, after, changes} = summary
  const rows = items.filter(({change}) => listed.has(change))
  const shown = rows.slice(0, mostRows)
  return [
    `${style.strong(nameOf(before))} ${style.dim(before.digest)}`,
    `${style.strong(`→ ${nameOf(after)}`)} ${style.dim(after.digest)}`,
    '',
    ...(shown.length === 0 ? [] : [viewRows(shown, style), '']),
    ...(rows.length > shown.length
      ? [`${count(rows.length - shown.length, 'more finding')}: --json has all.`]
      : []),
    ...viewUnread(before, style),
    ...viewUnread(after, style),
    ...viewFigures(changes, summary, style),
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
  return table(rows, withoutDispensable(rows, columns, ['PLATFORMS', 'WHAT', 'FIX'], style), style)
}

function viewUnread({image, platforms}: ScanDiffResult['summary']['before'], style: Style): string[] {
  return platforms.flatMap(({platform, reason}) =>
    reason === null
      ? []
      : [`${style.warn('no evidence')} ${image}${platform === null ? '' : ` ${platform}`}: ${reason}`],
  )
}

function viewFigures(
  changes: ScanDiffResult['summary']['changes'],
  {requests, durationMs, callers}: ScanDiffResult['summary'],
  style: Style,
): string[] {
  const numbers =
    changes === null ? ['not compared'] : findingChanges.map(change => `${changes[change]} ${change}`)
  const figures = [...numbers, count(requests, 'request'), `${(durationMs / 1000).toFixed(1)} s`]
  return [...joinFitting(figures, style.columns), ...callers.map(({arn}) => `As: ${arn}`)]
}
