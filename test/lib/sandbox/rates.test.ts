import {describe, expect, test} from 'vitest'
import {parseRates, publishedRates, RateLimits} from '../../../src/lib/sandbox/server/rates.ts'

const call = {operation: 'PutImage', account: '111111111111', region: 'eu-west-1'}

function limits(rates: unknown) {
  const clock = {now: 1_000_000}
  const limits = new RateLimits(() => clock.now)
  limits.set(parseRates(rates))
  const admitted = (other: object = {}, times = 100) =>
    Array.from({length: times}, () => limits.admits({...call, ...other})).filter(Boolean).length
  return {clock, admitted}
}

describe('a rate', () => {
  test('admits a burst, and then what comes back as the clock goes on', () => {
    const {clock, admitted} = limits({PutImage: {rate: 10, burst: 15}})
    expect(admitted()).toBe(15)
    clock.now += 500
    expect(admitted()).toBe(5)
    clock.now += 99
    expect(admitted()).toBe(0)
    clock.now += 1
    expect(admitted()).toBe(1)
  })

  test('never fills beyond its burst', () => {
    const {clock, admitted} = limits({PutImage: {rate: 10, burst: 15}})
    clock.now += 3_600_000
    expect(admitted()).toBe(15)
  })

  test('without a burst admits the calls of one second at once', () => {
    expect(limits({PutImage: {rate: 7}}).admitted()).toBe(7)
    expect(limits({PutImage: {rate: 0.1}}).admitted()).toBe(1)
  })

  test('gives and takes nothing when the clock is set back', () => {
    const {clock, admitted} = limits({PutImage: {rate: 10}})
    expect(admitted({}, 4)).toBe(4)
    clock.now -= 3_600_000
    expect(admitted()).toBe(6)
    clock.now += 100
    expect(admitted()).toBe(1)
  })

  test('of each account, region and operation is its own', () => {
    const {admitted} = limits({PutImage: {rate: 3}, BatchGetImage: {rate: 2}})
    expect(admitted()).toBe(3)
    expect(admitted({account: '222222222222'})).toBe(3)
    expect(admitted({region: 'us-east-1'})).toBe(3)
    expect(admitted({operation: 'BatchGetImage'})).toBe(2)
    expect(admitted({operation: 'ListImages'})).toBe(100)
  })

  test('is shared by the operation and what of the registry protocol maps to it', () => {
    const {admitted} = limits({PutImage: {rate: 5}})
    expect(admitted({operation: 'manifest.put'}, 2)).toBe(2)
    expect(admitted()).toBe(3)
    expect(admitted({operation: 'base.get'})).toBe(100)
  })

  test('does not concern a call of nobody', () => {
    const {admitted} = limits({PutImage: {rate: 1}})
    expect(admitted({account: undefined})).toBe(100)
  })
})

describe('rates as they are written', () => {
  test('may be the published ones', () => {
    expect(parseRates('published')).toBe(publishedRates)
    expect(publishedRates['PutImage']).toEqual({rate: 10})
  })

  test.each([
    ['PutImage', 'Sandbox rates: must be an object.'],
    [[], 'Sandbox rates: must be an object.'],
    [{PutImages: {rate: 1}}, 'Sandbox rates: PutImages is no operation of ECR.'],
    [{toString: {rate: 1}}, 'Sandbox rates: toString is no operation of ECR.'],
    [{PutImage: 10}, 'Sandbox rates: PutImage must be an object.'],
    [{PutImage: {}}, 'Sandbox rates: PutImage.rate must be a number.'],
    [{PutImage: {rate: -1}}, 'Sandbox rates: PutImage.rate must be a number from 0.'],
    [{PutImage: {rate: 1, burst: 0}}, 'Sandbox rates: PutImage.burst must be a number from 1.'],
    [{PutImage: {rate: 1, per: 's'}}, 'Sandbox rates: PutImage has the unknown key "per".'],
  ])('%j is refused in one line', (rates, message) => {
    expect(() => parseRates(rates)).toThrow(expect.objectContaining({code: 'INVALID_RATES', message}))
  })
})
