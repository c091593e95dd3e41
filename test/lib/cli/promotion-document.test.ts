import {describe, expect, test} from 'vitest'
import {toEnvelope, toErrorEnvelope} from '../../../src/lib/cli/envelope.ts'
import {readShardResult} from '../../../src/lib/cli/promotion-document.ts'
import {toPromoteResult} from '../../../src/lib/cli/promotion-view.ts'
import type {PromotionResult} from '../../../src/lib/promote/run.ts'

const result: PromotionResult = {
  shard: {index: 1, count: 2, batch: 'a'.repeat(64)},
  callers: [{account: '111111111111', arn: 'arn:aws:iam::111111111111:user/ci'}],
  items: [
    {
      source: 'dev.test/app:v1',
      sourceDigest: null,
      path: null,
      mountFrom: null,
      transfer: null,
      plannedRequests: 0,
      gate: null,
      replication: null,
      digest: null,
      destination: 'prod',
      target: 'prod.test/app',
      tags: ['v1'],
      tagChanges: [],
      outcome: 'failed',
      manifests: 0,
      referrers: 0,
      artifacts: [],
      blobs: {uploaded: 0, mounted: 0, bytes: 0},
      error: {code: 'IMAGE_NOT_FOUND', message: 'gone', hints: [], exitCode: 4},
    },
  ],
  traffic: {requests: 3, mutatingRequests: 2, retries: 1, bytesReceived: 10, bytesSent: 20},
  durationMs: 5,
  record: 'r.jsonl',
  planFile: null,
  exitCode: 4,
}

function printed(of: PromotionResult): string {
  return JSON.stringify(toEnvelope('promote', toPromoteResult(of, of.exitCode)))
}

describe('the document of a shard', () => {
  test('is read back to the result that it was printed from', () => {
    expect(readShardResult(printed(result), 'one.json')).toEqual({...result, file: 'one.json'})
  })

  test.each([
    ['', 'not JSON'],
    ['[]', 'no object'],
    ['{}', 'empty'],
    [printed(result).replace('"schemaVersion":1', '"schemaVersion":2'), 'of another version'],
    [printed(result).replace('"command":"promote"', '"command":"login"'), 'of another command'],
    [printed(result).replace('"requests":3', '"requests":"3"'), 'with text for a number'],
    [printed(result).replace('"index":1', '"index":0'), 'with a shard that cannot be'],
    [printed(result).replace('"outcome":"failed"', '"outcome":"lost"'), 'with an outcome that is none'],
    [printed(result).replace('"hints":[]', '"hints":null'), 'with half an error'],
    [printed({...result, shard: null}), 'of a run without shards'],
  ])('is refused in one line when it is %s (%s)', text => {
    expect(() => readShardResult(text, 'one.json')).toThrow(
      expect.objectContaining({
        code: 'NOT_A_RESULT',
        exitCode: 2,
        message: expect.stringMatching(/^one\.json is .+\.$/) as string,
      }),
    )
  })

  test('of a run that ended before its first image says to run that shard again', () => {
    const denied = toErrorEnvelope('promote', {
      code: 'NO_CREDENTIALS',
      message: 'There are none.',
      hints: [],
      exitCode: 5,
    })
    expect(() => readShardResult(JSON.stringify(denied), 'one.json')).toThrow(
      expect.objectContaining({
        code: 'SHARD_FAILED',
        message: expect.stringContaining('There are none. Run that shard again.') as string,
      }),
    )
  })
})
