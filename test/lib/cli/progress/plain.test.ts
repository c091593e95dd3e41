import {expect, test} from 'vitest'
import {plainDisplay} from '../../../../src/lib/cli/progress/plain.ts'
import type {ProgressOptions} from '../../../../src/lib/cli/progress/progress.ts'

function display(options: ProgressOptions = {}, now = () => 0) {
  const lines: string[] = []
  return {
    lines,
    progress: plainDisplay('Promoting', options, line => void lines.push(line), now),
  }
}

test('one line when a task starts, one when it ends, none for bytes', async () => {
  const {lines, progress} = display()
  progress.task('a', 'api:1')
  progress.update('a', {bytes: 5, totalBytes: 10})
  progress.task('b', 'web:1')
  progress.done('b', 'failed', 'denied\u001b[2K')
  progress.done('a', 'done')
  progress.log('retrying\n')
  progress.stop()
  await progress.closed
  expect(lines).toEqual([
    'Promoting',
    'started  api:1',
    'started  web:1',
    String.raw`failed   web:1  denied\u{1b}[2K`,
    'done     api:1  5 B',
    String.raw`retrying\u{a}`,
  ])
})

test('of very many tasks only the ends are told', () => {
  const {lines, progress} = display({total: 1000})
  for (let i = 0; i < 1000; i++) {
    progress.task(String(i), `image ${i}`)
    progress.done(String(i), 'done')
  }
  expect(lines).toHaveLength(1001)
})

test('a brief one tells what failed, how far it is every ten seconds, and how much it was', () => {
  let time = 0
  const {lines, progress} = display({isBrief: true, noun: 'repository'}, () => time)
  for (let i = 0; i < 100; i++) {
    time += 250
    progress.task(String(i), `repository ${i}`)
    progress.done(String(i), i === 50 ? 'failed' : 'done', i === 50 ? 'denied' : undefined)
  }
  progress.stop()
  expect(lines).toEqual([
    'Promoting: 40 repositories done',
    'failed   repository 50  denied',
    'Promoting: 80 repositories done · 1 failed',
    'Promoting: 100 repositories · 1 failed',
  ])
})
