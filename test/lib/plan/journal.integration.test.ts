import {readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {openJournal} from '../../../src/lib/plan/journal.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

async function place(): Promise<string> {
  return join(await temporaryFolder(), 'records', 'run.jsonl')
}

test('entries are on the disk, in order, when write resolves', async () => {
  const file = await place()
  const journal = await openJournal(file)
  await Promise.all(Array.from({length: 100}, (_, n) => journal.write({n})))
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line) as unknown)).toEqual(Array.from({length: 100}, (_, n) => ({n})))
  await journal.close()
})

test('a record is never overwritten', async () => {
  const file = await place()
  await (await openJournal(file)).close()
  await expect(openJournal(file)).rejects.toMatchObject({code: 'JOURNAL_EXISTS', exitCode: 2})
})

test.skipIf(process.platform === 'win32')('a record is readable by its owner alone', async () => {
  const file = await place()
  await (await openJournal(file)).close()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('an entry that cannot be written is an error, so that nothing is changed unrecorded', async () => {
  const file = await place()
  const journal = await openJournal(file)
  await journal.close()
  await expect(journal.write({verb: 'tag'})).rejects.toMatchObject({code: 'JOURNAL_FAILED'})
  expect(await readFile(file, 'utf8')).toBe('')
})

test('a folder that cannot be made is one line and exit 2', async () => {
  const file = await place()
  await (await openJournal(file)).close()
  await expect(openJournal(join(file, 'inside.jsonl'))).rejects.toMatchObject({
    code: 'JOURNAL_UNWRITABLE',
    exitCode: 2,
  })
})
