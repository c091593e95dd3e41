import {describe, expect, test} from 'vitest'
import {createLimiter, mapLimited} from '../../../src/lib/oci/limiter.ts'

/** Tasks that end when told to. */
function gates() {
  const open: (() => void)[] = []
  const log: string[] = []
  const task = async (name: string): Promise<string> => {
    log.push(`begin ${name}`)
    await new Promise<void>(resolve => open.push(resolve))
    log.push(`end ${name}`)
    return name
  }
  return {log, task, next: () => open.shift()?.()}
}

const settle = () => new Promise(resolve => setImmediate(resolve))

describe('a limiter', () => {
  test('begins tasks in order, as many as it has slots', async () => {
    const {log, task, next} = gates()
    const limiter = createLimiter(2)
    const all = ['a', 'b', 'c'].map(name => limiter.run(() => task(name)))
    await settle()
    expect(log).toEqual(['begin a', 'begin b'])
    next()
    await settle()
    expect(log).toEqual(['begin a', 'begin b', 'end a', 'begin c'])
    next()
    next()
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  })

  test('frees the slot of a task that fails', async () => {
    const limiter = createLimiter(1)
    await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await limiter.run(async () => 'yes')).toBe('yes')
  })

  test('takes a slot back only once', async () => {
    const limiter = createLimiter(1)
    const release = await limiter.acquire()
    release()
    release()
    await limiter.acquire()
    let isHeld = false
    void limiter.acquire().then(() => {
      isHeld = true
    })
    await settle()
    expect(isHeld).toBe(false)
  })
})

describe('mapLimited', () => {
  test('answers in the order of the items', async () => {
    expect(await mapLimited([1, 2, 3], 2, async n => n * 2)).toEqual([2, 4, 6])
    expect(await mapLimited([], 2, async () => 1)).toEqual([])
  })

  test('begins nothing after a failure, and waits for what is under way', async () => {
    const {log, task, next} = gates()
    const all = mapLimited(['a', 'b', 'c', 'd'], 2, async name => {
      await task(name)
      if (name === 'a') throw new Error('a failed')
    })
    await settle()
    next()
    await settle()
    next()
    await expect(all).rejects.toThrow('a failed')
    expect(log).toEqual(['begin a', 'begin b', 'end a', 'end b'])
  })
})
