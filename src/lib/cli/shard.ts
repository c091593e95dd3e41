import {UsageError} from '../errors.ts'
import type {Shard} from '../promote/shard.ts'
import type {Environment} from './github.ts'

const maxShards = 10_000

/** How a system tells a job which of several it is. */
interface Scheduler {
  readonly name: string
  readonly index: string
  /** What the first job's index is. */
  readonly first: 0 | 1
  /** Where it says how many there are; undefined where it doesn't. */
  readonly count?: string
}

/**
 * AWS Batch user guide, "Array job environment variables"; Kubernetes documentation, "Indexed Job"; GitLab CI/CD,
 * "Predefined variables".
 */
const schedulers: readonly Scheduler[] = [
  {name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0, count: 'AWS_BATCH_JOB_ARRAY_SIZE'},
  {name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0},
  {name: 'GitLab', index: 'CI_NODE_INDEX', first: 1, count: 'CI_NODE_TOTAL'},
]

/**
 * Reads `--shard`: `K/N`, counted from 1, or `auto`, or `auto/N` where the scheduler does not tell N.
 *
 * @throws {UsageError} INVALID_SHARD, NO_SHARD_INDEX, NO_SHARD_COUNT.
 */
export function readShard(text: string, env: Environment): Shard {
  const [, kind = '', counted] = /^(auto|\d{1,5})(?:\/(\d{1,5}))?$/.exec(text) ?? []
  if (kind === 'auto') return automatic(text, counted, env)
  const shard = {index: Number(kind), count: Number(counted)}
  if (kind === '' || counted === undefined || !isShard(shard)) throw invalid('--shard', text)
  return shard
}

function automatic(text: string, counted: string | undefined, env: Environment): Shard {
  const scheduler = schedulers.find(({index}) => env[index])
  if (scheduler === undefined) {
    const names = schedulers.map(({index}) => index).join(', ')
    throw new UsageError('NO_SHARD_INDEX', `--shard ${text}: none of ${names} is set. Write --shard K/N.`)
  }
  const told = scheduler.count === undefined ? undefined : env[scheduler.count] || undefined
  const count = counted ?? told
  if (count === undefined) {
    throw new UsageError(
      'NO_SHARD_COUNT',
      `--shard ${text}: ${scheduler.name} does not say how many jobs there are. Write --shard auto/N.`,
    )
  }
  if (told !== undefined && told !== count) {
    throw new UsageError(
      'INVALID_SHARD',
      `--shard ${text}: ${scheduler.count} says ${told}. Leave out /${count}, or correct it.`,
    )
  }
  const given = env[scheduler.index] ?? ''
  const shard = {index: Number(given) + 1 - scheduler.first, count: Number(count)}
  const areNumbers = /^\d{1,5}$/.test(given) && /^\d{1,5}$/.test(count)
  if (!areNumbers || !isShard(shard)) throw invalid(scheduler.index, `${given} of ${count}`)
  return shard
}

function isShard({index, count}: Shard): boolean {
  return count >= 1 && count <= maxShards && index >= 1 && index <= count
}

function invalid(where: string, text: string): UsageError {
  return new UsageError(
    'INVALID_SHARD',
    `${where} "${text}" is no shard. Write K/N, K from 1 to N, N at most ${maxShards}.`,
  )
}
