import {describe, expect, test} from 'vitest'
import {readShard} from '../../../src/lib/cli/shard.ts'

describe('--shard', () => {
  test.each([
    ['1/1', {}, {index: 1, count: 1}],
    ['3/12', {AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '2'}, {index: 3, count: 12}],
    ['auto', {AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '10'}, {index: 1, count: 10}],
    ['auto', {AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10'}, {index: 10, count: 10}],
    ['auto/10', {AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10'}, {index: 10, count: 10}],
    ['auto/4', {JOB_COMPLETION_INDEX: '3'}, {index: 4, count: 4}],
    ['auto', {CI_NODE_INDEX: '1', CI_NODE_TOTAL: '5'}, {index: 1, count: 5}],
    ['auto', {CI_NODE_INDEX: '5', CI_NODE_TOTAL: '5'}, {index: 5, count: 5}],
  ])('%s with %j is %j', (text, env, shard) => {
    expect(readShard(text, env)).toEqual(shard)
  })

  test.each([
    ['', {}, 'INVALID_SHARD'],
    ['0/3', {}, 'INVALID_SHARD'],
    ['4/3', {}, 'INVALID_SHARD'],
    ['1/0', {}, 'INVALID_SHARD'],
    ['1', {}, 'INVALID_SHARD'],
    ['1/10001', {}, 'INVALID_SHARD'],
    ['-1/3', {}, 'INVALID_SHARD'],
    ['1/3/4', {}, 'INVALID_SHARD'],
    ['auto', {}, 'NO_SHARD_INDEX'],
    ['auto', {AWS_BATCH_JOB_ARRAY_INDEX: ''}, 'NO_SHARD_INDEX'],
    ['auto', {JOB_COMPLETION_INDEX: '0'}, 'NO_SHARD_COUNT'],
    ['auto', {CI_NODE_INDEX: '1', CI_NODE_TOTAL: ''}, 'NO_SHARD_COUNT'],
    ['auto/4', {JOB_COMPLETION_INDEX: '4'}, 'INVALID_SHARD'],
    ['auto', {CI_NODE_INDEX: '0', CI_NODE_TOTAL: '5'}, 'INVALID_SHARD'],
    ['auto', {CI_NODE_INDEX: '1e0', CI_NODE_TOTAL: '5'}, 'INVALID_SHARD'],
    ['auto/4', {CI_NODE_INDEX: '1', CI_NODE_TOTAL: '5'}, 'INVALID_SHARD'],
  ])('%s with %j is refused: %s', (text, env, code) => {
    expect(() => readShard(text, env)).toThrow(expect.objectContaining({code, exitCode: 2}))
  })
})
