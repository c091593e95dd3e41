import type {RepositorySize} from '../replication/backfill-size.ts'
import {isRunning} from '../replication/backfill-state.ts'
import {
  type BackfillCommandResult,
  type BackfillItem,
  type BackfillResultItem,
  type BackfillResultsResult,
  type BackfillState,
  progressWords,
} from './backfill-result.ts'
import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {count, formatBytes, joinFitting} from './text.ts'
import {formatUsd, sumCosts} from './transfer-view.ts'

const mostRepositories = 20
const mostResults = 200

/** The result for people: what it moves at most, how it stands, and what to do next. */
export function viewBackfill({items: [item], summary}: BackfillCommandResult, style: Style): string {
  const {requests, mutatingRequests, durationMs} = summary
  const figures = [
    `${count(requests, 'request')} (${mutatingRequests} mutating)`,
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...viewSize(item, style),
    ...viewState(item, style),
    figures.join(' · '),
    ...viewCallers(summary),
  ].join('\n')
}

/** The results for people: those that failed first, and how many there are. */
export function viewBackfillResults({items, summary}: BackfillResultsResult, style: Style): string {
  const sorted = items.toSorted((one, other) => rankOf(one) - rankOf(other))
  const rows = sorted.slice(0, mostResults)
  const hidden = sorted.length - rows.length
  const {registry, destination, backfill, requests} = summary
  return [
    ...(rows.length === 0 ? [] : [table(rows, resultColumns(style), style), '']),
    ...(hidden > 0 ? [`${count(hidden, 'more result')}: --json has all.`, ''] : []),
    `${registry.label} → ${destination.label}: ${progressWords(backfill)}`,
    count(requests, 'request'),
    ...viewCallers(summary),
  ].join('\n')
}

function viewSize({size, transfer, registry, destination}: BackfillItem, style: Style): string[] {
  if (size === null) return []
  const {repositories, images, replications, bytes} = size
  const shown = repositories.slice(0, mostRepositories)
  const hidden = repositories.length - shown.length
  const cost = transfer === null ? undefined : sumCosts([transfer])
  const price =
    cost === undefined || cost.usd === 0
      ? 'AWS asks nothing for the transfer within a region'
      : `AWS data transfer: at most ${formatUsd(cost.usd)} (${cost.basis.join('; ')})`
  return [
    ...(shown.length === 0 ? [] : [table(shown, sizeColumns, style)]),
    ...(hidden > 0 ? [count(hidden, 'more repository')] : []),
    ...(shown.length === 0 ? [] : ['']),
    ...joinFitting(
      [
        `${registry.label} → ${destination.label}: ${count(replications, 'replication')}`,
        count(images, 'image'),
        `at most ${formatBytes(bytes)}`,
      ],
      style.columns,
    ),
    'An image counts once for each of its tags; layers that images share count in each, and so does what is there already.',
    ...(replications === 0 ? [] : [price]),
  ]
}

function viewState({outcome, backfill, registry, destination}: BackfillItem, style: Style): string[] {
  if (outcome === 'nothing') return ['Nothing replicates there: nothing was started.']
  if (backfill === null) return ['Not started.']
  const {id} = backfill
  const did = {planned: 'Not stopped', started: 'Started', stopped: 'Asked to stop', watched: 'Backfill'}[
    outcome
  ]
  const next = isRunning(backfill) ? 'watch' : 'results'
  return [
    `${did} ${id}, ${registry.label} → ${destination.label}: ${painted(backfill, style)}`,
    style.dim(`gantry backfill ${next} ${registry.label} --id ${id}`),
  ]
}

function painted(backfill: BackfillState, style: Style): string {
  const words = progressWords(backfill)
  if (isRunning(backfill)) return words
  if (backfill.status === 'complete' && backfill.progress?.failed === 0) return style.good(words)
  return backfill.status === 'stopped' ? style.warn(words) : style.bad(words)
}

const sizeColumns: readonly Column<RepositorySize>[] = [
  {header: 'REPOSITORY', value: ({repository}) => repository},
  {header: 'IMAGES', value: ({images}) => String(images), align: 'right'},
  {header: 'REPLICATIONS', value: ({replications}) => String(replications), align: 'right'},
  {header: 'SIZE', value: ({bytes}) => formatBytes(bytes), align: 'right'},
]

function resultColumns(style: Style): readonly Column<BackfillResultItem>[] {
  return [
    {
      header: 'RESULT',
      value: ({status}) => status,
      paint: (text, {status}) => (status === 'complete' ? style.good(text) : style.bad(text)),
    },
    {
      header: 'IMAGE',
      value: ({repository, tag, digest}) =>
        tag === null ? `${repository}@${(digest ?? '').slice(0, 19)}` : `${repository}:${tag}`,
    },
    {
      header: 'CODE',
      value: ({failureCode, subImageFailureCodes}) =>
        [...(failureCode === null ? [] : [failureCode]), ...subImageFailureCodes].join(', '),
    },
  ]
}

function rankOf({status}: BackfillResultItem): number {
  return status === 'failed' ? 0 : 1
}

function viewCallers({callers, record}: BackfillCommandResult['summary']): string[] {
  return [...callers.map(({arn}) => `As: ${arn}`), ...(record === null ? [] : [`Record: ${record}`])]
}
