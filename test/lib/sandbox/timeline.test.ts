import {describe, expect, test} from 'vitest'
import {Store} from '../../../src/lib/sandbox/state/store.ts'
import {Table} from '../../../src/lib/sandbox/state/table.ts'
import {Timeline} from '../../../src/lib/sandbox/time/timeline.ts'

describe('the timeline', () => {
  function timeline() {
    const done: string[] = []
    const line: Timeline = new Timeline(new Table(new Store(undefined), ['task']), async ({kind}, at) => {
      done.push(`${kind} ${at}`)
      if (kind === 'fails') throw new Error('it failed')
      if (kind === 'chain' && at < 40) line.schedule(at + 10, {kind: 'chain'})
      await Promise.resolve()
    })
    return {line, done}
  }

  test('does what is due in the order of its time, once', async () => {
    const {line, done} = timeline()
    line.schedule(30, {kind: 'late'})
    line.schedule(10, {kind: 'early'})
    line.schedule(999, {kind: 'never'})
    expect(line.next()).toBe(10)
    await line.runUntil(30)
    await line.runUntil(30)
    expect(done).toEqual(['early 10', 'late 30'])
  })

  test('does what a task makes due meanwhile, at its own time', async () => {
    const {line, done} = timeline()
    line.schedule(10, {kind: 'chain'})
    line.schedule(25, {kind: 'other'})
    await line.runUntil(1000)
    expect(done).toEqual(['chain 10', 'chain 20', 'other 25', 'chain 30', 'chain 40'])
  })

  test('does what is due at one moment in the order in which it was scheduled', async () => {
    const {line, done} = timeline()
    for (let n = 0; n < 20; n++) line.schedule(10, {kind: String(n)})
    await line.runUntil(10)
    expect(done).toEqual(Array.from({length: 20}, (_, n) => `${n} 10`))
  })

  test('does not do what was cancelled', async () => {
    const {line, done} = timeline()
    line.cancel(line.schedule(10, {kind: 'cancelled'}))
    await line.runUntil(10)
    expect(done).toEqual([])
  })

  test('tells once what a task throws, and keeps no other from being done', async () => {
    const {line, done} = timeline()
    line.schedule(10, {kind: 'fails'})
    line.schedule(20, {kind: 'after'})
    await expect(line.runUntil(20)).rejects.toThrow('it failed')
    await line.runUntil(20)
    await line.runUntil(20)
    expect(done).toEqual(['fails 10', 'after 20'])
  })
})
