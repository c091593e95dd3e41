import {describe, expect, test} from 'vitest'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {readRecord} from '../../../src/lib/promote/rollback-record.ts'

const [a, b, c] = ['a', 'b', 'c'].map(text => digestOf(Buffer.from(text)))
const head = {
  type: 'promotion',
  schemaVersion: 1,
  destinations: [{label: 'prod@eu-west-1', host: 'prod.test'}],
}
const move = {type: 'intent', id: 1, verb: 'tag', subject: 'prod.test/team/app:v1', before: a, after: b}

function read(...lines: readonly object[]) {
  return readRecord(lines.map(line => `${JSON.stringify(line)}\n`).join(''), 'run.jsonl')
}

describe('the tag moves of a record', () => {
  test('are those that were done, with what each tag held', () => {
    expect(read(head, move, {type: 'outcome', id: 1, result: 'done'})).toEqual({
      sides: [{label: 'prod@eu-west-1', host: 'prod.test'}],
      moves: [{host: 'prod.test', repository: 'team/app', tag: 'v1', before: a, after: b, outcome: 'done'}],
    })
  })

  test('are uncertain without an outcome', () => {
    expect(read(head, move).moves).toMatchObject([{outcome: 'unknown'}])
  })

  test('of records one after the other go from the first digest to the last, past what failed', () => {
    const done = {type: 'outcome', id: 1, result: 'done'}
    const next = {...move, before: b, after: c}
    expect(read(head, move, done, head, next, done).moves).toMatchObject([{before: a, after: c}])
    expect(read(head, move, done, head, next, {...done, result: 'failed'}).moves).toMatchObject([
      {before: a, after: b, outcome: 'done'},
    ])
  })

  test('are none where a run wrote no tags', () => {
    const upload = {type: 'intent', id: 1, verb: 'upload-blob', subject: `prod.test/app@${a}`}
    expect(read(head, upload).moves).toEqual([])
  })
})

describe('what is no record', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['a plan', '{"kind": "promotion"}\n'],
    ['lines that are no JSON', `${JSON.stringify(head)}\nnot JSON\n`],
    ['a record of another version', `${JSON.stringify({...head, schemaVersion: 2})}\n`],
    ['a tag without digests', `${JSON.stringify(head)}\n${JSON.stringify({...move, after: 'sha256:1'})}\n`],
  ])('%s is one line and exit 2', (_, text) => {
    expect(() => readRecord(text, 'run.jsonl')).toThrow(
      expect.objectContaining({code: 'NOT_A_RECORD', exitCode: 2}),
    )
  })
})
