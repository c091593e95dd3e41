import {PassThrough} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'
import {expect, test, vi} from 'vitest'
import {createContext} from '../../../src/lib/cli/context.ts'

test('a live display ends before a question, and what was noted stands between the two', async () => {
  const writes: string[] = []
  const keyboard = Object.assign(new PassThrough(), {isTTY: true})
  using _input = vi
    .spyOn(process, 'stdin', 'get')
    .mockReturnValue(keyboard as unknown as typeof process.stdin)
  using _output = vi.spyOn(process.stderr, 'write').mockImplementation(chunk => {
    writes.push(stripVTControlCharacters(String(chunk)))
    if (String(chunk).includes('[y/N]')) keyboard.write('y\n')
    return true
  })
  const wasTerminal = process.stderr.isTTY
  process.stderr.isTTY = true
  vi.stubEnv('CI', '')
  vi.stubEnv('TERM', 'xterm')
  const {context, close} = createContext({'no-progress': false, yes: false})
  try {
    const display = context.progress.start('Comparing', {noun: 'place', isBrief: true})
    display.task('a', 'a')
    display.done('a', 'done')
    context.note('~ payments/api')
    await expect(context.confirm('Change 1 setting?')).resolves.toBe(true)
    const last = writes.findLastIndex(text => text.includes('Comparing'))
    const note = writes.findIndex(text => text.includes('payments/api'))
    const question = writes.findIndex(text => text.includes('Change 1 setting?'))
    expect(last).toBeGreaterThan(-1)
    expect([last, note, question]).toEqual([last, note, question].toSorted((a, b) => a - b))
    expect(new Set([last, note, question]).size).toBe(3)
  } finally {
    await close()
    process.stderr.isTTY = wasTerminal
    vi.unstubAllEnvs()
  }
})
