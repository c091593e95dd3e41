import {Writable} from 'node:stream'
import {stripVTControlCharacters} from 'node:util'
import {beforeEach, expect, test, vi} from 'vitest'
import {terminalDisplay} from '../../../../src/lib/cli/progress/terminal.ts'
import {displayWidth} from '../../../../src/lib/cli/text.ts'

const columns = 80

// The live display hides the cursor of the real stderr, whatever stream it was given: that is noise in a test's log.
beforeEach(() => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  return () => stderr.mockRestore()
})

/** A terminal that keeps what is written to it, and resolves `seen` when a text comes by. */
function terminal() {
  const writes: string[] = []
  const kept: string[] = []
  const waiting: {text: string; resolve: () => void}[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString())
      for (const {text, resolve} of waiting) if (chunk.includes(text)) resolve()
      done()
    },
  })
  const seen = (text: string) =>
    new Promise<void>(resolve => {
      waiting.push({text, resolve})
    })
  const terminal = Object.assign(stream, {isTTY: true, columns, rows: 24}) as unknown as NodeJS.WriteStream
  return {writes, seen, kept, screen: {stream: terminal, write: (line: string) => void kept.push(line)}}
}

const lines = (writes: readonly string[]) => stripVTControlCharacters(writes.join('\n')).split(/\r?\n/)

test('of a thousand running tasks a few show, every line fits, and one line remains', async () => {
  const {writes, seen, screen} = terminal()
  const display = terminalDisplay('Promoting to prod', {noun: 'image', total: 1000}, screen, () => 0)
  for (let i = 0; i < 1000; i++) {
    display.task(String(i), `111111111111.dkr.ecr.eu-west-1.amazonaws.com/payments/api-${i}:1.4 → prod`)
    display.update(String(i), {bytes: 1024 ** 2, totalBytes: 2 * 1024 ** 2, detail: 'layer 3 of 9'})
  }
  await seen('and 991 more')
  for (let i = 0; i < 1000; i++) display.done(String(i), 'done')
  display.stop()
  await display.closed
  expect(writes.every(frame => frame.split('\n').length <= 14)).toBe(true)
  expect(lines(writes).every(line => displayWidth(line) < columns)).toBe(true)
  expect(
    lines(writes).some(line => /111111.+….+:1\.4 → prod · layer 3 of 9 · 1\.0 MiB of 2\.0 MiB/.test(line)),
  ).toBe(true)
  expect(lines(writes).findLast(line => line.trim() !== '')).toMatch(
    /Promoting to prod · 1000 images · copied 1000\.0 MiB$/,
  )
})

test('a failure shows in the line that remains, and which task it was below; the reason is the result’s', async () => {
  const {writes, seen, kept, screen} = terminal()
  const display = terminalDisplay('Promoting', {noun: 'image', total: 2}, screen, () => 0)
  display.task('a', 'api:1')
  display.task('b', 'web:1')
  await seen('api:1')
  display.done('a', 'done')
  display.done('b', 'failed', 'denied')
  display.stop()
  await display.closed
  expect(lines(writes).findLast(line => line.trim() !== '')).toMatch(/^✖ Promoting · 2 images · 1 failed$/)
  expect(kept).toEqual(['failed  web:1'])
})

test('a display that ends before its tasks shows no success', async () => {
  const {writes, seen, screen} = terminal()
  const display = terminalDisplay('Promoting', {noun: 'image', total: 2}, screen, () => 0)
  display.task('a', 'api:1')
  await seen('api:1')
  display.stop()
  await display.closed
  expect(lines(writes).findLast(line => line.trim() !== '')).toMatch(
    /^✖ Promoting · 0 images · 1 not finished$/,
  )
})

test('the cursor that was hidden is shown again, and the stream is given back', async () => {
  const {writes, seen, screen} = terminal()
  const display = terminalDisplay('Promoting', {}, screen, () => 0)
  await seen('Promoting')
  display.stop()
  await display.closed
  expect(writes.at(-1)).toContain('\u001b[?25h')
  screen.stream.write('mine')
  expect(writes.at(-1)).toBe('mine')
})

test('a display that is stopped before it could draw still ends', async () => {
  const {screen} = terminal()
  const display = terminalDisplay('Promoting', {}, screen, () => 0)
  display.stop()
  await expect(display.closed).resolves.toBeUndefined()
})
