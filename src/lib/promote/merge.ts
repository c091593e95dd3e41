import {type ExitCode, exitCodes, RefusalError} from '../errors.ts'
import {addTraffic, noTraffic} from '../oci/registry.ts'
import {promotionExitCode} from './exit-code.ts'
import type {PromotionItem} from './model.ts'
import type {PromotionResult} from './run.ts'
import type {BatchShard} from './shard.ts'

/** What one shard of a batch came to, and the file that says so. */
export interface ShardResult extends PromotionResult {
  readonly shard: BatchShard
  readonly file: string
}

/**
 * Joins the results of all shards of a batch to what one run over the whole of it would have said; the duration is the
 * longest. Each shard keeps its own record.
 *
 * @param results at least one, in any order.
 * @throws {RefusalError} OTHER_BATCH, SHARD_TWICE, SHARD_MISSING (exit 7): they are not one batch, each part once.
 */
export function mergeShards(results: readonly ShardResult[]): PromotionResult {
  assertWhole(results)
  const shards = results.toSorted((a, b) => a.shard.index - b.shard.index)
  const callers = shards.flatMap(shard => shard.callers)
  const items = shards.flatMap(shard => shard.items)
  return {
    shard: null,
    callers: callers.filter(({arn}, index) => callers.findIndex(caller => caller.arn === arn) === index),
    items: items.toSorted((a, b) => compare(a.source, b.source) || compare(a.target, b.target)),
    traffic: shards.map(shard => shard.traffic).reduce(addTraffic, noTraffic()),
    durationMs: Math.max(...shards.map(shard => shard.durationMs)),
    record: null,
    planFile: null,
    exitCode: worstOf(shards, items),
  }
}

function assertWhole(results: readonly ShardResult[]): void {
  const [first] = results
  const files = new Map<number, string>()
  for (const {shard, file} of results) {
    if (first !== undefined && (shard.batch !== first.shard.batch || shard.count !== first.shard.count)) {
      throw new RefusalError(
        'OTHER_BATCH',
        `${file} is a shard of another batch than ${first.file}: ${shard.index}/${shard.count} of ${shard.batch.slice(0, 12)}. Save the plan with --out first, and give it to every shard with --plan.`,
      )
    }
    const other = files.get(shard.index)
    if (other !== undefined) {
      throw new RefusalError(
        'SHARD_TWICE',
        `${file} and ${other} are both shard ${shard.index}/${shard.count}. Leave out the older one.`,
      )
    }
    files.set(shard.index, file)
  }
  const count = first?.shard.count ?? 0
  const missing = Array.from({length: count}, (_, index) => index + 1).filter(index => !files.has(index))
  if (missing.length > 0) {
    const shown = missing.slice(0, 10).join(', ')
    const more = missing.length > 10 ? ` and ${missing.length - 10} more` : ''
    throw new RefusalError(
      'SHARD_MISSING',
      `There is no result of shard ${shown}${more} of ${count}. Run it, and merge again.`,
    )
  }
}

/**
 * The code of what stopped a shard, which its items do not explain, the gravest when there are several (signals have the
 * highest numbers); else the code of all items together, as of one run; else 10 when a shard had changes pending.
 */
function worstOf(shards: readonly ShardResult[], items: readonly PromotionItem[]): ExitCode {
  const stops = shards.flatMap(({exitCode, items}) =>
    exitCode === codeOf(items) || exitCode === exitCodes.changesPending ? [] : [exitCode],
  )
  const [gravest] = stops.toSorted((a, b) => b - a)
  if (gravest !== undefined) return gravest
  const pending = shards.some(({exitCode}) => exitCode === exitCodes.changesPending)
  const code = codeOf(items)
  return code === exitCodes.done && pending ? exitCodes.changesPending : code
}

function codeOf(items: readonly PromotionItem[]): ExitCode {
  return promotionExitCode(items, new AbortController().signal)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
