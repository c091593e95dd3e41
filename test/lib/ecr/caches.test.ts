import {describe, expect, test} from 'vitest'
import {cachedCredentials} from '../../../src/lib/ecr/credentials.ts'
import {readToken, tokenSource} from '../../../src/lib/ecr/token.ts'

const minute = 60_000

describe('credentials', () => {
  function counted(lifetimeMs?: number) {
    const clock = {now: 0}
    let loads = 0
    const source = cachedCredentials(
      async () => {
        loads += 1
        const expiration = lifetimeMs === undefined ? {} : {expiration: new Date(clock.now + lifetimeMs)}
        return {accessKeyId: `key${loads}`, secretAccessKey: 'x', ...expiration}
      },
      () => clock.now,
    )
    return {clock, source, loads: () => loads}
  }

  test('are loaded once for all who ask together', async () => {
    const {source, loads} = counted()
    await Promise.all(Array.from({length: 20}, () => source.get()))
    expect(loads()).toBe(1)
  })

  test('are loaded again five minutes before they expire', async () => {
    const {clock, source, loads} = counted(60 * minute)
    await source.get()
    clock.now = 55 * minute - 1
    await source.get()
    expect(loads()).toBe(1)
    clock.now = 55 * minute
    expect(await source.get()).toMatchObject({accessKeyId: 'key2'})
  })

  test('that live for a minute are not loaded for every request', async () => {
    const {clock, source, loads} = counted(minute)
    for (clock.now = 0; clock.now < minute / 2; clock.now += 1000) await source.get()
    expect(loads()).toBe(1)
  })

  test('are loaded again when AWS called them expired', async () => {
    const {source, loads} = counted()
    await source.get()
    source.renew()
    await source.get()
    expect(loads()).toBe(2)
  })

  test('a failure is not kept', async () => {
    let tries = 0
    const source = cachedCredentials(
      async () => {
        tries += 1
        if (tries === 1) throw new Error('no')
        return {accessKeyId: 'key', secretAccessKey: 'x'}
      },
      () => 0,
    )
    await expect(source.get()).rejects.toThrow('no')
    await expect(source.get()).resolves.toMatchObject({accessKeyId: 'key'})
  })
})

describe('tokens', () => {
  const encoded = Buffer.from('AWS:se:cret').toString('base64')

  test('are the Basic credential as they stand, and user and password', () => {
    expect(readToken(encoded, new Date(5))).toEqual({
      authorization: `Basic ${encoded}`,
      username: 'AWS',
      password: 'se:cret',
      expiresAt: 5,
    })
  })

  test.each(['', 'AWS', Buffer.from('AWS:').toString('base64'), `${encoded}\r\nX: y`])('%j is none', text => {
    expect(() => readToken(text, new Date(5))).toThrow('Treated as an error')
  })

  test('are fetched once, again when they end soon, and again when refused', async () => {
    const clock = {now: 0}
    let fetches = 0
    const source = tokenSource(
      async () => {
        fetches += 1
        return readToken(encoded, new Date(clock.now + 720 * minute))
      },
      () => clock.now,
    )
    await Promise.all([source.get(), source.get()])
    expect(fetches).toBe(1)
    clock.now = 706 * minute
    await source.get()
    expect(fetches).toBe(2)
    source.invalidate()
    await source.get()
    expect(fetches).toBe(3)
  })

  test('that live shorter than that are fetched again after half of their life', async () => {
    const clock = {now: 0}
    let fetches = 0
    const source = tokenSource(
      async () => {
        fetches += 1
        return readToken(encoded, new Date(clock.now + 10 * minute))
      },
      () => clock.now,
    )
    for (const now of [0, 4, 6, 10]) {
      clock.now = now * minute
      await source.get()
    }
    expect(fetches).toBe(2)
  })
})
