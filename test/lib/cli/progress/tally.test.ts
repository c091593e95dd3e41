import {expect, test} from 'vitest'
import {Tally} from '../../../../src/lib/cli/progress/tally.ts'

const MiB = 1024 ** 2

test('the line tells bytes, rate and how many of how many', () => {
  let time = 0
  const tally = new Tally({noun: 'image', total: 4}, () => time)
  for (const id of ['a', 'b', 'c', 'd']) {
    tally.start(id, id)
    tally.update(id, {totalBytes: 10 * MiB})
  }
  time = 1000
  for (const id of ['a', 'b', 'c']) {
    tally.update(id, {bytes: 4 * MiB})
    tally.end(id, 'done')
  }
  expect(tally.progressLine()).toBe('copied 12.0 MiB of 40.0 MiB · 12.0 MiB/s · 3 of 4 images')
})

test('no total of the bytes is told before all tasks have started: it would grow', () => {
  const tally = new Tally({noun: 'image', total: 2}, () => 0)
  tally.start('a', 'a')
  tally.update('a', {bytes: 4 * MiB, totalBytes: 10 * MiB})
  expect(tally.progressLine()).toBe('copied 4.0 MiB · 0 of 2 images')
  tally.start('b', 'b')
  tally.update('b', {totalBytes: 10 * MiB})
  expect(tally.progressLine()).toBe('copied 4.0 MiB of 20.0 MiB · 0 of 2 images')
})

test('the rate is that of the last seconds, and fades when nothing moves', () => {
  let time = 0
  const tally = new Tally({}, () => time)
  tally.start('a', 'a')
  while (time < 10_000) {
    time += 100
    tally.update('a', {bytes: (time / 1000) * MiB, totalBytes: 100 * MiB})
    tally.progressLine()
  }
  expect(tally.progressLine()).toContain('1.0 MiB/s')
  while (time < 20_000) {
    time += 100
    tally.progressLine()
  }
  expect(tally.progressLine()).not.toContain('/s')
})

test('what was skipped, failed or cut short is told at the end', () => {
  const tally = new Tally({noun: 'image', total: 4}, () => 0)
  for (const id of ['a', 'b', 'c', 'd']) tally.start(id, id)
  tally.update('a', {bytes: 2 * MiB, totalBytes: 2 * MiB})
  tally.end('a', 'done')
  tally.end('b', 'skipped')
  tally.end('c', 'failed')
  tally.end('nobody', 'failed')
  expect(tally.finalLine()).toBe('3 images · copied 2.0 MiB · 1 skipped · 1 failed · 1 not finished')
})

test('titles and details are made harmless', () => {
  const tally = new Tally({}, () => 0)
  tally.start('a', 'x\r')
  tally.update('a', {detail: '\u001b[2K'})
  expect(tally.running.get('a')).toMatchObject({title: String.raw`x\u{d}`, detail: String.raw`\u{1b}[2K`})
})
