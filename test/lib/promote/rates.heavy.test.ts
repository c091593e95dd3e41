import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import type {Fault} from '../../../src/lib/sandbox/index.ts'
import {expectImage} from '../../support/completeness.ts'
import {type FaultFront, type FrontFault, startFaultFront} from '../../support/fault-front.ts'
import {type HostileRegistry, startHostileRegistry} from '../../support/hostile-registry.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {type VirtualClock, virtualClock} from '../../support/virtual-clock.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const layers = Array.from({length: 10}, (_, n) => ({[`layer-${n}`]: 'x'.repeat(2000 * n)}))
const image = await buildImage({layers})

let time: VirtualClock
let world: World
let registry: HostileRegistry
let front: FaultFront | undefined

beforeEach(async () => {
  time = virtualClock(Date.now())
  world = await startWorld({now: time.clock.now})
  registry = await startHostileRegistry()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
})

afterEach(async () => {
  await front?.close()
  front = undefined
  await registry.close()
  await world.close()
})

type Judge = Parameters<typeof startFaultFront>[1]

/** As with default flags, but that waiting takes no time. */
function promote(
  images: readonly string[],
  words: {from?: string | undefined; to?: readonly string[]} = {},
  timeouts = defaultTimeouts,
) {
  const signal = AbortSignal.timeout(60_000)
  const aws = {env: {}, sandboxUrl: world.sandbox.url, ...time.clock, signal, timeouts}
  return world.promote(images, words, {aws})
}

async function startFront(judge: Judge): Promise<FaultFront> {
  front = await startFaultFront(registry.host, judge)
  return front
}

const isUpload = (method: string, path: string) =>
  path.includes('/blobs/uploads/') && (method === 'PATCH' || method === 'PUT')

/** Each of the requests that match, once. */
function once(matches: (method: string, path: string) => boolean, fault: FrontFault): Judge {
  const seen = new Set<string>()
  return ({method, path}) => {
    if (!matches(method, path) || seen.has(path)) return undefined
    seen.add(path)
    return fault
  }
}

function uploads(fault: FrontFault, isFaulty: (n: number) => boolean): Judge {
  let uploads = 0
  return ({method, path}) => (isUpload(method, path) && isFaulty(++uploads) ? fault : undefined)
}

/** Ten requests per second by the clock of the test, and ten at once. */
function tenPerSecond(): Judge {
  let tokens = 10
  let filledAt = time.clock.now()
  return () => {
    const now = time.clock.now()
    tokens = Math.min(10, tokens + (now - filledAt) / 100)
    filledAt = now
    if (tokens < 1) return '429'
    tokens--
    return undefined
  }
}

const faults: readonly (readonly [name: string, judge: () => Judge])[] = [
  ['every 6th request is refused with 429', () => (_, n) => (n % 6 === 0 ? '429' : undefined)],
  ['10 requests per second are taken', tenPerSecond],
  ['every 5th upload is cut', () => uploads('cut-upload', n => n % 5 === 0)],
]

describe.each(faults)('a destination where %s', (_, judge) => {
  test.each([1, 2, 3])('gets the image all the same (%i of 3)', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    const {host} = await startFront(judge())
    const result = await promote(['app:v1'], {to: [host]})
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
    // Each fault costs one retry, no more.
    expect(front?.faults).toBeGreaterThan(0)
    expect(result.traffic.retries).toBe(front?.faults)
    expect(front?.faults).toBeLessThanOrEqual((front?.requests ?? 0) / 2)
    await expectImage((await world.open(registry.host)).repository('app'), image, 'v1')
  })
})

test.each([1, 2, 3])('a destination with a stalled endpoint is asked again (%i of 3)', async () => {
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  const {host} = await startFront(uploads('stall', n => n <= 4))
  const timeouts = {connectMs: 1000, headersMs: 1000, commitMs: 1000, stallMs: 1000}
  const result = await promote(['app:v1'], {to: [host]}, timeouts)
  expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  expect(front?.faults).toBe(4)
  expect(result.traffic.retries).toBeGreaterThanOrEqual(4)
  expect(result.traffic.retries).toBeLessThanOrEqual(8)
  await expectImage((await world.open(registry.host)).repository('app'), image, 'v1')
})

describe.each<readonly [string, () => Judge]>([
  ['every 6th request is refused with 429', () => (_, n) => (n % 6 === 0 ? '429' : undefined)],
  ['10 requests per second are answered', tenPerSecond],
  [
    'each download is cut once',
    () => once((method, path) => method === 'GET' && path.includes('/blobs/'), 'cut-download'),
  ],
])('a source where %s', (_, judge) => {
  test.each([1, 2, 3])('is read all the same (%i of 3)', async () => {
    await pushImage((await world.open(registry.host)).repository('app'), image, 'v1')
    const {host} = await startFront(judge())
    const result = await promote([`${host}/app:v1`], {from: undefined})
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
    expect(front?.faults).toBeGreaterThan(0)
    expect(result.traffic.retries).toBe(front?.faults)
    await expectImage((await world.open(prodHost)).repository('app'), image, 'v1')
  })
})

describe('ECR', () => {
  test.each([1, 2, 3])('that throttles every 6th request gets the image all the same (%i of 3)', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    const throttles = Array.from(
      {length: 100},
      (_, n): Fault => ({at: 6 * (n + 1), ...prod, kind: n % 2 === 0 ? 'throttling' : '429'}),
    )
    world.sandbox.clearRequests()
    world.sandbox.setFaults(throttles)
    const result = await promote(['app:v1'])
    world.sandbox.setFaults([])
    const hindered = world.sandbox.requests.filter(({hindrance}) => hindrance !== undefined)
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
    expect(hindered.length).toBeGreaterThan(3)
    expect(result.traffic.retries).toBe(hindered.length)
    await expectImage((await world.open(prodHost)).repository('app'), image, 'v1')
  })

  test('at its published rates takes 200 images in hardly more than the time they need, and throttles none', async () => {
    const names = Array.from({length: 200}, (_, n) => `v${n}`)
    await world.sandbox.seed({repositories: [{...dev, name: 'app', images: names.map(tag => ({tag}))}]})
    world.sandbox.setRates('published')
    const start = time.clock.now()
    const result = await promote(names.map(name => `app:${name}`))
    const seconds = (time.clock.now() - start) / 1000
    const puts = world.sandbox.requests.filter(({operation}) => operation === 'PutImage').length
    expect(result.exitCode).toBe(0)
    expect(puts).toBeGreaterThanOrEqual(200)
    expect(seconds).toBeLessThanOrEqual(((puts - 10) / 10) * 1.3)
    expect(world.sandbox.requests.filter(({hindrance}) => hindrance !== undefined)).toEqual([])
    expect(result.traffic.retries).toBe(0)
  })
})
