import type {InventoryRun, RepositorySummary, UnsummarizedRepository} from '../ecr/inventory/run.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import type {Style} from './style.ts'
import {type Column, table, withoutDispensable} from './table.ts'
import {count, formatBytes, joinFitting} from './text.ts'

type InventoryItem = RepositorySummary | UnsummarizedRepository

/** What `gantry inventory` returns: the library's result in the shape that every command has. */
export interface InventoryCommandResult extends CommandResult {
  readonly summary: InventorySummary & CommandResult['summary']
  readonly items: readonly InventoryItem[]
}

/** The document of `gantry inventory --json`. @public for tools/generate-schema.ts */
export type InventoryDocument = InventoryEnvelope | ErrorEnvelope

interface InventoryEnvelope extends Envelope {
  readonly summary: InventorySummary & Envelope['summary']
  readonly items: readonly InventoryItem[]
}

/** Of all repositories that could be read. */
interface InventorySummary {
  readonly repositories: number
  readonly failed: number
  readonly images: number
  readonly archived: number
  /** Bytes that ECR says the images have; layers that images share count in each. */
  readonly size: number
  /** Bytes of distinct blobs, repository by repository; null when it is not known of all of them. */
  readonly unique: number | null
  readonly withoutPolicy: number
  /** When the registries were looked at, ISO 8601. */
  readonly takenAt: string
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: InventoryRun['callers']
  /** Where the inventory was recorded; null when it was not. */
  readonly file: string | null
}

/** Adds up what the repositories hold. */
export function toInventoryResult(run: InventoryRun): InventoryCommandResult {
  const {items, takenAt, callers, warnings, traffic, durationMs, file, exitCode} = run
  const read = readOf(items)
  const sum = (of: (item: RepositorySummary) => number) => read.reduce((total, item) => total + of(item), 0)
  const [caller] = callers
  const {requests, mutatingRequests, retries} = traffic
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      repositories: read.length,
      failed: items.length - read.length,
      images: sum(({images}) => images),
      archived: sum(({archived}) => archived),
      size: sum(({size}) => size),
      unique: read.some(({unique}) => unique === null) ? null : sum(({unique}) => unique ?? 0),
      withoutPolicy: sum(({hasPolicy}) => (hasPolicy ? 0 : 1)),
      takenAt: new Date(takenAt).toISOString(),
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
      file,
    },
    items,
    warnings,
    exitCode,
  }
}

/** The result for people: a row a repository, the failures in full, and what it all comes to. */
export function viewInventory({items, summary}: InventoryCommandResult, style: Style): string {
  const read = readOf(items)
  const isOneRegistry = new Set(read.map(({registry}) => registry.label)).size === 1
  const less = isOneRegistry ? ['WHERE', 'ARCHIVED'] : ['ARCHIVED']
  const failures = items.flatMap(({registry, repository, error}) =>
    error === null
      ? []
      : [
          `${style.bad('failed')} ${registry.label}/${repository}: ${error.message}`,
          ...error.hints.map(hint => `  ${hint}`),
        ],
  )
  return [
    ...(read.length === 0
      ? ['No repository was read.', '']
      : [table(read, withoutDispensable(read, columns(style), less, style), style), '']),
    ...failures,
    ...viewSummary(summary, style),
  ].join('\n')
}

function readOf(items: readonly InventoryItem[]): RepositorySummary[] {
  return items.flatMap(item => (item.error === null ? [item] : []))
}

function columns(style: Style): readonly Column<RepositorySummary>[] {
  return [
    {header: 'REPOSITORY', value: ({repository}) => repository},
    {header: 'WHERE', value: ({registry}) => registry.label},
    {header: 'IMAGES', align: 'right', value: ({images}) => `${images}`},
    {header: 'ARCHIVED', align: 'right', value: ({archived}) => `${archived}`},
    {header: 'SIZE', align: 'right', value: ({size}) => formatBytes(size)},
    {header: 'UNIQUE', align: 'right', value: ({unique}) => bytesWords(unique)},
    {
      header: 'POLICY',
      value: ({hasPolicy}) => (hasPolicy ? 'yes' : 'no'),
      paint: (text, {hasPolicy}) => (hasPolicy ? text : style.warn(text)),
    },
  ]
}

function viewSummary(summary: InventorySummary, style: Style): string[] {
  const {repositories, failed, images, archived, size, unique, withoutPolicy, callers, file} = summary
  const repositoriesWords = count(repositories, 'repository')
  const figures = [
    repositoriesWords,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${count(images, 'image')}${archived > 0 ? `, ${archived} archived` : ''}`,
    `${formatBytes(size)}${unique === null ? '' : `, ${formatBytes(unique)} unique`}`,
    ...(withoutPolicy > 0 ? [`${withoutPolicy} without a lifecycle policy`] : []),
    count(summary.requests, 'request'),
    ...(summary.retries > 0 ? [`${summary.retries} retried`] : []),
    `${(summary.durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...joinFitting(figures, style.columns),
    ...callers.map(({arn}) => `As: ${arn}`),
    ...(file === null ? [] : [`Inventory: ${file}`]),
  ]
}

function bytesWords(bytes: number | null): string {
  return bytes === null ? '-' : formatBytes(bytes)
}
