import {EventEmitter} from 'node:events'
import {expect, test} from 'vitest'
import {listenForSignals} from '../../../src/lib/cli/interruption.ts'

function process_() {
  const source = new EventEmitter()
  const exits: number[] = []
  let time = 0
  const signal = listenForSignals({source, exit: code => void exits.push(code), now: () => time})
  return {
    signal,
    exits,
    send: (name: string, at: number) => {
      time = at
      source.emit(name)
    },
  }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGBREAK', 130],
])('%s aborts with a reason that carries exit code %i', (name, exitCode) => {
  const {signal, exits, send} = process_()
  send(name, 1000)
  expect(signal.reason).toMatchObject({code: 'INTERRUPTED', exitCode, message: `Stopped by ${name}.`})
  expect(exits).toEqual([])
})

test('a second signal ends the process at once, with its own exit code', () => {
  const {exits, send} = process_()
  send('SIGINT', 1000)
  send('SIGTERM', 2000)
  expect(exits).toEqual([143])
})

test('the echo of one Ctrl-C through a parent process is no second signal', () => {
  const {exits, send} = process_()
  send('SIGINT', 1000)
  send('SIGINT', 1010)
  expect(exits).toEqual([])
})
