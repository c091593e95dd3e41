import {describe, expect, test} from 'vitest'
import {createPace, createPaces, type Pace} from '../../../src/lib/oci/pace.ts'
import {virtualClock} from '../../support/virtual-clock.ts'

const never = new AbortController().signal

/** Sends `count` requests, each as soon as it has its turn; the times at which they go. */
async function send(pace: Pace, count: number, now: () => number): Promise<number[]> {
  const turns = Array.from({length: count}, async () => {
    await pace.turn(never)
    return now()
  })
  return Promise.all(turns)
}

/** A registry that takes `rate` requests per second and as many at once, and refuses the others. */
function bucket(rate: number, now: () => number): () => boolean {
  let tokens = rate
  let filledAt = now()
  return () => {
    tokens = Math.min(rate, tokens + ((now() - filledAt) / 1000) * rate)
    filledAt = now()
    if (tokens < 1) return false
    tokens--
    return true
  }
}

/** `count` requests by eight at a time, each until it is taken; how many it took, and how many were refused. */
async function sendAll(pace: Pace, count: number, admits: (n: number) => boolean) {
  let requests = 0
  const queue = Array.from({length: count}).values()
  const worker = async () => {
    for (const _ of queue) {
      for (;;) {
        const turn = await pace.turn(never)
        if (admits(++requests)) break
        turn.throttled()
      }
    }
  }
  await Promise.all(Array.from({length: 8}, worker))
  return {requests, refused: requests - count}
}

describe('a published rate', () => {
  test('holds nothing back that fits into its burst', async () => {
    const {clock} = virtualClock()
    expect(new Set(await send(createPace(clock, 10), 9, clock.now))).toEqual(new Set([0]))
  })

  test('does not hold where the rates of AWS do not', async () => {
    const {clock} = virtualClock()
    const pace = createPaces(clock, {unpublished: true}).of('111111111111/eu-west-1', 'PutImage', 10)
    expect(new Set(await send(pace, 200, clock.now))).toEqual(new Set([0]))
  })

  test('is kept to, and used up: 200 PutImage take what 10 per second take', async () => {
    const {clock} = virtualClock()
    const times = await send(createPace(clock, 10), 200, clock.now)
    const admits = bucket(10, clock.now)
    expect(times).toHaveLength(200)
    expect(times.at(-1)).toBeLessThanOrEqual(((200 - 10) / 10) * 1000 * 1.01)
    expect(times.filter(() => admits())).toHaveLength(10)
    for (const [index, time] of times.entries()) {
      const within = times.slice(index).filter(other => other <= time + 1000)
      expect(within.length).toBeLessThanOrEqual(10 + 9)
    }
  })

  test('is not refused once by a registry that keeps to it', async () => {
    const {clock} = virtualClock()
    const sent = await sendAll(createPace(clock, 10), 200, bucket(10, clock.now))
    expect(sent).toEqual({requests: 200, refused: 0})
    expect(clock.now()).toBeLessThanOrEqual(19_000 * 1.01)
  })

  test('is shared with others by giving way, and taken up again when they are gone', async () => {
    const {clock} = virtualClock()
    const pace = createPace(clock, 10)
    const {refused} = await sendAll(pace, 100, bucket(5, clock.now))
    expect(clock.now()).toBeLessThanOrEqual(((100 - 5) / 5) * 1000 * 1.1)
    expect(refused).toBeLessThan(50)
    await send(pace, 40, clock.now)
    const times = await send(pace, 100, clock.now)
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(10_000)
  })
})

describe('an unknown rate', () => {
  test('holds nothing back before the first refusal', async () => {
    const {clock, waits} = virtualClock()
    await send(createPace(clock), 10_000, clock.now)
    expect(waits).toEqual([])
  })

  test.each([10, 100])('of %i per second is found, and nearly used up', async rate => {
    const {clock} = virtualClock()
    const count = rate * 10
    const {refused} = await sendAll(createPace(clock), count, bucket(rate, clock.now))
    expect(clock.now()).toBeLessThanOrEqual(((count - rate) / rate) * 1000 * 1.1)
    expect(refused).toBeLessThanOrEqual(count * 0.4)
  })

  test('that is none, only every sixth request refused, does not come to a halt', async () => {
    const {clock} = virtualClock()
    const {refused} = await sendAll(createPace(clock), 60, n => n % 6 !== 0)
    expect(refused).toBe(11)
    expect(clock.now()).toBeLessThan(8000)
  })

  test('is never less than one request per second, whatever is refused', async () => {
    const {clock, waits} = virtualClock()
    const pace = createPace(clock)
    for (let n = 0; n < 20; n++) (await pace.turn(never)).throttled()
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000)
  })
})

describe('a refusal', () => {
  test('with Retry-After holds all back for so long, and lets them go in the order of asking', async () => {
    const {clock} = virtualClock()
    const pace = createPace(clock)
    const refused = await pace.turn(never)
    refused.throttled(7000)
    const order: [string, number][] = []
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async name => {
        await pace.turn(never)
        order.push([name, clock.now()])
      }),
    )
    expect(order.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd'])
    expect(order.every(([, time]) => time >= 7000)).toBe(true)
    expect(new Set(order.map(([, time]) => time)).size).toBe(4)
  })

  test('of many requests that were under way together counts once', async () => {
    const {clock} = virtualClock()
    const one = createPace(clock, 100)
    const many = createPace(clock, 100)
    for (const [pace, refusals] of [
      [one, 1],
      [many, 20],
    ] as const) {
      const turns = await Promise.all(Array.from({length: 20}, () => pace.turn(never)))
      for (const turn of turns.slice(0, refusals)) turn.throttled()
    }
    const start = clock.now()
    const next = await Promise.all([send(one, 1, clock.now), send(many, 1, clock.now)])
    expect(next[0]).toEqual(next[1])
    expect(clock.now()).toBeGreaterThan(start)
  })

  test('that asks for an hour holds nobody else back', async () => {
    const {clock} = virtualClock()
    const pace = createPace(clock)
    ;(await pace.turn(never)).throttled(3_600_000)
    const [time] = await send(pace, 1, clock.now)
    expect(time).toBeLessThanOrEqual(1000)
  })
})

describe('letting go', () => {
  test('who is aborted leaves the queue at once, with the reason, and loses nobody their turn', async () => {
    const {clock, hold, release} = virtualClock()
    const pace = createPace(clock, 1)
    await pace.turn(never)
    hold()
    const first = send(pace, 1, clock.now)
    const abort = new AbortController()
    const leaving = pace.turn(abort.signal)
    const last = send(pace, 1, clock.now)
    const reason = new Error('stopped')
    abort.abort(reason)
    await expect(leaving).rejects.toBe(reason)
    await expect(pace.turn(abort.signal)).rejects.toBe(reason)
    release()
    expect([await first, await last]).toEqual([[1000], [2000]])
  })

  test('a clock that is set back holds nobody for longer', async () => {
    const {clock, set} = virtualClock(10_000_000)
    const pace = createPace(clock, 1)
    ;(await pace.turn(never)).throttled(5000)
    set(0)
    const [time] = await send(pace, 1, clock.now)
    expect(time).toBeLessThanOrEqual(5000)
  })
})

test('the paces of a run are one for each registry and kind', () => {
  const paces = createPaces(virtualClock().clock)
  expect(paces.of('a', 'x')).toBe(paces.of('a', 'x'))
  expect(new Set([paces.of('a', 'x'), paces.of('a', 'y'), paces.of('b', 'x'), paces.of('a')]).size).toBe(4)
})
