import {describe, expect, test} from 'vitest'
import type {ExitCode} from '../../../src/lib/errors.ts'
import {mergeShards, type ShardResult} from '../../../src/lib/promote/merge.ts'
import type {PromotionItem} from '../../../src/lib/promote/model.ts'

const caller = {account: '111111111111', arn: 'arn:aws:iam::111111111111:user/ci'}

function item(name: string, failedWith?: ExitCode): PromotionItem {
  return {
    source: `dev.test/${name}:v1`,
    sourceDigest: null,
    path: null,
    mountFrom: null,
    transfer: null,
    plannedRequests: 0,
    gate: null,
    replication: null,
    digest: null,
    destination: 'prod',
    target: `prod.test/${name}`,
    tags: ['v1'],
    tagChanges: [],
    outcome: failedWith === undefined ? 'promoted' : 'failed',
    manifests: 1,
    referrers: 0,
    artifacts: [],
    blobs: {uploaded: 1, mounted: 0, bytes: 10},
    error: failedWith === undefined ? null : {code: 'X', message: 'x', hints: [], exitCode: failedWith},
  }
}

function shard(
  position: string,
  items: readonly PromotionItem[],
  exitCode: ExitCode,
  more: Partial<ShardResult> = {},
): ShardResult {
  const [index, count] = position.split('/').map(Number) as [number, number]
  return {
    file: `${index}.json`,
    shard: {index, count, batch: 'a'.repeat(64)},
    callers: [caller],
    items,
    traffic: {requests: 3, mutatingRequests: 2, retries: 1, bytesReceived: 10, bytesSent: 20},
    durationMs: index * 100,
    record: `${index}.jsonl`,
    planFile: null,
    exitCode,
    ...more,
  }
}

describe('the results of all shards', () => {
  test('are one result: items in order, traffic summed, the longest time, each caller once', () => {
    const merged = mergeShards([shard('2/2', [item('c'), item('a')], 0), shard('1/2', [item('b')], 0)])
    expect(merged).toMatchObject({
      shard: null,
      callers: [caller],
      traffic: {requests: 6, mutatingRequests: 4, retries: 2, bytesReceived: 20, bytesSent: 40},
      durationMs: 200,
      exitCode: 0,
    })
    expect(merged.items.map(({target}) => target)).toEqual(['prod.test/a', 'prod.test/b', 'prod.test/c'])
  })

  test.each<[string, [ExitCode, ...(ExitCode | undefined)[]][], ExitCode]>([
    [
      'all promoted',
      [
        [0, undefined],
        [0, undefined],
      ],
      0,
    ],
    [
      'one shard failed whole, another did not',
      [
        [5, 5],
        [0, undefined],
      ],
      4,
    ],
    [
      'all failed alike',
      [
        [5, 5],
        [5, 5, 5],
      ],
      5,
    ],
    [
      'all failed, not alike',
      [
        [5, 5],
        [6, 6],
      ],
      4,
    ],
    ['a shard without images beside one that failed', [[0], [6, 6]], 6],
    [
      'a signal stopped one',
      [
        [0, undefined],
        [143, undefined],
      ],
      143,
    ],
    [
      'a signal stopped one, the time another',
      [
        [6, undefined],
        [130, undefined],
      ],
      130,
    ],
    [
      'the time stopped one, and images failed',
      [
        [6, undefined],
        [5, 5],
      ],
      6,
    ],
    [
      'changes are pending in one',
      [
        [0, undefined],
        [10, undefined],
      ],
      10,
    ],
    [
      'changes are pending in one and another failed',
      [
        [5, 5],
        [10, undefined],
      ],
      4,
    ],
  ])('have the exit code of one run: %s', (_name, shards, exitCode) => {
    const results = shards.map(([code, ...images], index) =>
      shard(
        `${index + 1}/${shards.length}`,
        images.map((failed, i) => item(`${index}/${i}`, failed)),
        code,
      ),
    )
    expect(mergeShards(results).exitCode).toBe(exitCode)
  })

  const other = {index: 2, count: 2, batch: 'b'.repeat(64)}
  test.each([
    ['OTHER_BATCH', [shard('1/2', [], 0), shard('2/2', [], 0, {shard: other})], '2.json'],
    ['OTHER_BATCH', [shard('1/2', [], 0), shard('2/3', [], 0)], '2.json'],
    [
      'SHARD_TWICE',
      [shard('1/2', [], 0), shard('1/2', [], 0, {file: 'again.json'})],
      'again.json and 1.json',
    ],
    ['SHARD_MISSING', [shard('2/4', [], 0)], '1, 3, 4 of 4'],
    ['SHARD_MISSING', [shard('1/10000', [], 0)], 'and 9989 more of 10000'],
  ])('are refused when they are not each part of one batch: %s', (code, results, names) => {
    expect(() => mergeShards(results)).toThrow(
      expect.objectContaining({code, exitCode: 7, message: expect.stringContaining(names) as string}),
    )
  })
})
