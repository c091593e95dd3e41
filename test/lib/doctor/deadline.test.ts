import {expect, test} from 'vitest'
import {type Check, ok} from '../../../src/lib/doctor/check.ts'
import {runInTime} from '../../../src/lib/doctor/deadline.ts'

/** It hears of no signal, as some providers of credentials do not. */
const deaf: Check<AbortSignal> = {id: 'deaf', title: 'deaf', run: () => new Promise(() => {})}
const quick: Check<AbortSignal> = {id: 'quick', title: 'quick', run: async () => ok('done')}

function timeOf(signal = new AbortController().signal) {
  const deadline = new AbortController()
  return {deadline, time: {limitMs: 3000, signal, deadlineAfter: () => deadline.signal}}
}

test('a check that hears of no signal ends with its time all the same', async () => {
  const {deadline, time} = timeOf()
  const result = runInTime(deaf, signal => signal, time, 'network')
  deadline.abort()
  expect(await result).toMatchObject({status: 'problem', trouble: 'network', message: 'no result within 3 s'})
})

test('a check that hears of no signal ends with the run, of which it is no problem', async () => {
  const stop = new AbortController()
  const result = runInTime(deaf, signal => signal, timeOf(stop.signal).time, 'network')
  stop.abort()
  expect(await result).toMatchObject({status: 'skipped', trouble: null})
})

test('a check that is done in time is what it found, and one that throws is a problem', async () => {
  const {time} = timeOf()
  expect(await runInTime(quick, signal => signal, time, 'other')).toEqual(ok('done'))
  const broken: Check<AbortSignal> = {...quick, run: () => Promise.reject(new TypeError('x'))}
  expect(await runInTime(broken, signal => signal, time, 'other')).toMatchObject({
    trouble: 'other',
    message: 'unexpected: x',
  })
})
