import {UsageError} from '../errors.ts'
import type {ShardResult} from '../promote/merge.ts'
import type {PromoteDocument, PromoteResult} from './promotion-view.ts'

/**
 * Reads what `gantry promote --shard … --json` printed.
 *
 * @throws {UsageError} NOT_A_RESULT when it is something else; SHARD_FAILED when it is the error of a run that did nothing.
 */
export function readShardResult(text: string, file: string): ShardResult {
  const document = decode(text, file)
  if ('error' in document) {
    throw new UsageError(
      'SHARD_FAILED',
      `${file} is of a run that ended with ${document.exitCode}: ${document.error.message} Run that shard again.`,
    )
  }
  const {summary, items, exitCode} = document
  const {shard, callers, durationMs, record, planFile} = summary
  if (shard === null) {
    throw new UsageError('NOT_A_RESULT', `${file} is of a run without --shard, so there is nothing to join.`)
  }
  const {requests, mutatingRequests, retries, bytesReceived, bytesSent} = summary
  const traffic = {requests, mutatingRequests, retries, bytesReceived, bytesSent}
  return {file, shard, callers, items, traffic, durationMs, record, planFile, exitCode}
}

function decode(text: string, file: string): PromoteDocument {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw notAResult(file)
  }
  if (!isObject(value) || value['schemaVersion'] !== 1 || value['command'] !== 'promote')
    throw notAResult(file)
  if (isObject(value['error']) || isResult(value)) return value as unknown as PromoteDocument
  throw notAResult(file)
}

function notAResult(file: string): UsageError {
  return new UsageError(
    'NOT_A_RESULT',
    `${file} is not what gantry promote prints with --json. Give the files of all shards.`,
  )
}

/** Whether everything is there that is counted or shown; what else a later version may add does not matter. */
function isResult({summary, items, exitCode}: Fields): boolean {
  if (!isObject(summary) || !Array.isArray(items) || typeof exitCode !== 'number') return false
  const {shard, callers} = summary
  return (
    figures.every(name => typeof summary[name] === 'number') &&
    (shard === null ||
      (isObject(shard) && isCount(shard['index']) && isCount(shard['count']) && isText(shard['batch']))) &&
    Array.isArray(callers) &&
    callers.every(caller => isObject(caller) && isText(caller['arn'])) &&
    items.every(isItem)
  )
}

const figures: readonly (keyof PromoteResult['summary'])[] = [
  'requests',
  'mutatingRequests',
  'retries',
  'bytesReceived',
  'bytesSent',
  'durationMs',
]

const outcomes: readonly unknown[] = [
  'promoted',
  'unchanged',
  'planned',
  'failed',
  'interrupted',
] satisfies readonly PromoteResult['items'][number]['outcome'][]

function isItem(item: unknown): boolean {
  if (!isObject(item)) return false
  const {source, digest, destination, target, tags, outcome, blobs, error} = item
  return (
    [source, destination, target].every(isText) &&
    (digest === null || isText(digest)) &&
    Array.isArray(tags) &&
    tags.every(isText) &&
    outcomes.includes(outcome) &&
    isObject(blobs) &&
    ['uploaded', 'mounted', 'bytes'].every(name => typeof blobs[name] === 'number') &&
    (error === null ||
      (isObject(error) &&
        isText(error['message']) &&
        typeof error['exitCode'] === 'number' &&
        Array.isArray(error['hints'])))
  )
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1
}
