import {PassThrough, Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {expect, test} from 'vitest'
import {createLimiter} from '../../../src/lib/oci/limiter.ts'
import {SharedReads, tee} from '../../../src/lib/promote/shared-read.ts'
import {SharedSlots} from '../../../src/lib/promote/shared-slots.ts'

const never = new AbortController().signal
const chunk = Buffer.alloc(64 * 1024, 'x')

function openReads(patienceMs: number, signal = never) {
  const reads = new SharedReads({patienceMs, signal})
  for (const reader of ['a', 'b']) reads.expect('blob', reader)
  let count = 0
  const open = (reader: string) =>
    reads.open('blob', reader, async () => {
      count++
      return Readable.from([Buffer.from('bytes')])
    })
  return {reads, open, count: () => count}
}

test('those who are expected share one read', async () => {
  const {open, count} = openReads(60_000)
  const streams = await Promise.all([open('a'), open('b')])
  expect(await Promise.all(streams.map(async stream => (await buffer(stream)).toString()))).toEqual([
    'bytes',
    'bytes',
  ])
  expect(count()).toBe(1)
})

test('one who leaves is not waited for', async () => {
  const {reads, open, count} = openReads(60_000)
  const opened = open('a')
  reads.leave('blob', 'b')
  expect((await buffer(await opened)).toString()).toBe('bytes')
  expect(count()).toBe(1)
})

test('one who does not come is waited for only so long, and then reads alone', async () => {
  const {open, count} = openReads(1)
  await buffer(await open('a'))
  await buffer(await open('b'))
  expect(count()).toBe(2)
})

test('one who comes again reads alone', async () => {
  const {open, count} = openReads(60_000)
  const [, second] = await Promise.all([open('a'), open('b')])
  second.destroy()
  expect((await buffer(await open('b'))).toString()).toBe('bytes')
  expect(count()).toBe(2)
})

test('nobody is waited for when the run is over', async () => {
  const stop = new AbortController()
  const {open} = openReads(60_000, stop.signal)
  const opened = open('a')
  stop.abort()
  expect((await buffer(await opened)).toString()).toBe('bytes')
})

test('when the source cannot be read, all who wait for it are told', async () => {
  const reads = new SharedReads({patienceMs: 60_000, signal: never})
  for (const reader of ['a', 'b']) reads.expect('blob', reader)
  const fail = () => Promise.reject(new Error('gone'))
  const opened = ['a', 'b'].map(reader => reads.open('blob', reader, fail))
  for (const each of opened) await expect(each).rejects.toThrow('gone')
})

test('the source is read no faster than the slowest takes it', async () => {
  let given = 0
  const source = Readable.from(
    (function* () {
      for (; given < 100; given++) yield chunk
    })(),
    {highWaterMark: 1},
  )
  const [fast, slow] = tee(source, 2) as [Readable, Readable]
  const all = buffer(fast)
  // Turns of the event loop, until nothing moves any more.
  for (let before = -1; before !== given; await new Promise(setImmediate)) before = given
  expect(given * chunk.length).toBeLessThan(1.5 * 1024 * 1024)
  expect((await buffer(slow)).length).toBe(100 * chunk.length)
  expect((await all).length).toBe(100 * chunk.length)
})

test('one who goes away does not hold up the others', async () => {
  const source = Readable.from(Array.from({length: 100}, () => chunk))
  const [stays, goes] = tee(source, 2) as [Readable, Readable]
  const all = buffer(stays)
  goes.destroy()
  expect((await all).length).toBe(100 * chunk.length)
})

test('a source that nobody reads any more is let go', async () => {
  const source = new PassThrough()
  const branches = tee(source, 2)
  for (const branch of branches) branch.destroy()
  source.write(chunk)
  await new Promise(resolve => source.once('close', resolve))
  expect(source.destroyed).toBe(true)
})

test('an error of the source is everybody’s, before the end of anything', async () => {
  const source = new PassThrough()
  const branches = tee(source, 2)
  const read = branches.map(branch => buffer(branch))
  source.write(chunk)
  source.destroy(new Error('not its digest'))
  for (const each of read) await expect(each).rejects.toThrow('not its digest')
})

test('tasks of one key share a slot, those of another wait for it', async () => {
  const slots = new SharedSlots(createLimiter(1))
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const one = slots.run('a', () => gate.promise.then(() => log.push('a1')))
  const two = slots.run('a', async () => log.push('a2'))
  const other = slots.run('b', async () => log.push('b'))
  await two
  gate.resolve()
  await Promise.all([one, other])
  expect(log).toEqual(['a2', 'a1', 'b'])
  await expect(slots.run('a', () => Promise.reject(new Error('cut')))).rejects.toThrow('cut')
  expect(await slots.run('a', async () => 'again')).toBe('again')
})
