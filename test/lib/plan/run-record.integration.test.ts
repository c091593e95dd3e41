import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {RefusalError, TransientError} from '../../../src/lib/errors.ts'
import {openRunRecord, recordName} from '../../../src/lib/plan/run-record.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

const now = () => Date.UTC(2026, 10, 21)
const at = '2026-11-21T00:00:00.000Z'
const callers = [{account: '111111111111', arn: 'arn:aws:iam::111111111111:role/release'}]
const intent = {verb: 'put', subject: 'registry/app', before: null, after: 'new'}
const begun = {type: 'intent', id: 1, at, ...intent}

async function openRecord(planned?: readonly string[]) {
  const file = join(await temporaryFolder(), 'record.jsonl')
  const head = {type: 'example', callers, plan: 'ab', details: {of: 'another'}}
  const record = await openRunRecord(file, head, {now, planned})
  onTestFinished(() => record.close())
  const lines = async () =>
    (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown)
  return {record, lines}
}

test('the record of a run says what was begun, what became of each thing, and how it ended', async () => {
  const {record, lines} = await openRecord()
  await record.item({name: 'app', outcome: 'applied'})
  await record.end(0, {requests: 3})
  expect(await lines()).toEqual([
    {type: 'example', schemaVersion: 1, at, callers, plan: 'ab', of: 'another'},
    {type: 'item', at, plan: 'ab', name: 'app', outcome: 'applied'},
    {type: 'end', at, exitCode: 0, traffic: {requests: 3}},
  ])
})

test('names of records sort by time and differ within a millisecond', () => {
  const names = [1, 2, 2].map(ms => recordName('promote', now() + ms))
  expect(names[0]).toMatch(/^promote-2026-11-21T00-00-00-001Z-[0-9a-f]{6}\.jsonl$/)
  expect(names[0]?.slice(0, 32)).not.toBe(names[1]?.slice(0, 32))
  expect(new Set(names).size).toBe(3)
})

describe('a mutation through the door', () => {
  test('has its intent on the disk before it is sent, and its outcome after', async () => {
    const {record, lines} = await openRecord()
    const sent = await record.mutate({intent, act: lines})
    expect(sent.slice(1)).toEqual([begun])
    await record.end(0, null)
    expect((await lines()).slice(1, 3)).toEqual([begun, {type: 'outcome', id: 1, at, result: 'done'}])
  })

  test('that nobody sees has its intent in the record by the next one that waits for the disk', async () => {
    const {record, lines} = await openRecord()
    await record.mutate({intent, isUnseen: true, act: async () => undefined})
    const sent = await record.mutate({intent, act: lines})
    expect(sent.slice(1)).toEqual([begun, {type: 'outcome', id: 1, at, result: 'done'}, {...begun, id: 2}])
  })

  test('is not sent when nothing is left to be done, or not what the plan took for granted', async () => {
    const {record, lines} = await openRecord()
    const act = async () => Promise.reject(new Error('it was sent'))
    expect(await record.mutate({intent, look: async () => 'there', act})).toBe('there')
    const moved = new RefusalError('MOVED', 'It was moved.')
    await expect(record.mutate({intent, look: async () => Promise.reject(moved), act})).rejects.toBe(moved)
    await record.end(7, null)
    expect((await lines()).slice(1, -1)).toEqual([
      begun,
      {type: 'outcome', id: 1, at, result: 'unneeded'},
      {...begun, id: 2},
      {type: 'outcome', id: 2, at, result: 'refused', code: 'MOVED', message: 'It was moved.'},
    ])
  })

  test('is looked at after the intent and right before it is sent', async () => {
    const {record, lines} = await openRecord()
    const seen: string[] = []
    const look = async () => {
      seen.push(`look after ${(await lines()).length - 1} lines`)
      return undefined
    }
    await record.mutate({intent, look, act: async () => void seen.push('act')})
    expect(seen).toEqual(['look after 1 lines', 'act'])
  })

  test('that fails says why, and its error is thrown as it is', async () => {
    const {record, lines} = await openRecord()
    const down = new TransientError('DOWN', 'ECR is down.')
    await expect(record.mutate({intent, act: async () => Promise.reject(down)})).rejects.toBe(down)
    await expect(record.mutate({intent, act: async () => Promise.reject(new Error('cut'))})).rejects.toThrow(
      'cut',
    )
    await record.end(6, null)
    const why = [
      {code: 'DOWN', message: 'ECR is down.'},
      {code: 'INTERRUPTED', message: 'Error: cut'},
    ]
    expect((await lines()).slice(1, -1)).toEqual([
      begun,
      {type: 'outcome', id: 1, at, result: 'failed', ...why[0]},
      {...begun, id: 2},
      {type: 'outcome', id: 2, at, result: 'failed', ...why[1]},
    ])
  })

  test('tells of a batch what was declined', async () => {
    const {record, lines} = await openRecord()
    const tell = (failed: readonly string[]) => ({result: 'declined', failed})
    await record.mutate({intent, act: async () => ['one'], tell})
    await record.end(4, null)
    expect((await lines())[2]).toEqual({type: 'outcome', id: 1, at, result: 'declined', failed: ['one']})
  })

  test('is done once, and only if the plan has it', async () => {
    const {record, lines} = await openRecord(['put registry/app'])
    let sent = 0
    const act = async () => ++sent
    const other = {...intent, subject: 'registry/other'}
    await expect(record.mutate({intent: other, act})).rejects.toMatchObject({code: 'BUG', exitCode: 1})
    expect(await record.mutate({intent, act})).toBe(1)
    await expect(record.mutate({intent, act})).rejects.toThrow(/is not in the plan, or was done already/)
    expect(sent).toBe(1)
    await record.end(1, null)
    expect((await lines()).slice(1)).toMatchObject([{type: 'intent'}, {type: 'outcome'}, {type: 'end'}])
  })
})
