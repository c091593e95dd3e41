import {beforeEach, describe, expect, test} from 'vitest'
import type {Looked} from '../../../src/lib/replication/await-status.ts'
import {faultKinds} from '../../../src/lib/sandbox/hindrances.ts'
import type {Fault} from '../../../src/lib/sandbox/index.ts'
import {
  classesOf,
  dev,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  replicationMs,
  start,
} from '../../support/replication-world.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
  await world.replicateTo(everywhere)
})

const image = 'dev@eu-west-1/app:v1'

test('waits until all is there, and says what for', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const looks: Looked[] = []
  const run = await world.status([image], {waitMs: 600_000}, {onLook: looked => looks.push(looked)})
  expect(run.exitCode).toBe(0)
  expect(looks.map(({pending, pauseMs}) => [pending.length, pauseMs])).toEqual([
    [3, 2000],
    [3, 3000],
    [0, null],
  ])
  expect(world.sandbox.now() - start).toBe(replicationMs)
})

test('asks only about what is not settled again', async () => {
  await world.replicateTo([near])
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  await world.replicateTo(everywhere)
  await world.push('app', [{name: 'two', tags: ['v2']}])
  world.sandbox.clearRequests()
  const run = await world.status(['dev@eu-west-1/app:v1', 'dev@eu-west-1/app:v2'], {waitMs: 600_000})
  expect(run.exitCode).toBe(4)
  const asked = world.sandbox.requests.filter(({operation}) => operation === 'DescribeImageReplicationStatus')
  // One at each of the first two looks about v2, and one about v1, which is older than the rule to the others; in its first
  // minutes that may not be so.
  expect(run.images.map(classesOf)).toMatchObject([
    {'dev@eu-central-1': 'in-sync', 'prod@us-east-1': 'older'},
    {'dev@eu-central-1': 'in-sync', 'prod@us-east-1': 'in-sync'},
  ])
  const nearLooks = world.sandbox.requests.filter(
    ({operation, region, account}) =>
      operation === 'DescribeImages' && region === near.region && account === near.account,
  )
  expect(nearLooks.length).toBeLessThan(asked.length)
})

test('does not wait for what is settled', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  await world.remove(prod, 'app', 'v1')
  const before = world.sandbox.now()
  const run = await world.status([image], {waitMs: 600_000})
  expect(run.exitCode).toBe(4)
  expect(world.sandbox.now()).toBe(before)
})

test('is undetermined when it is still under way at the deadline', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const run = await world.status([image], {waitMs: 4000})
  expect(run.exitCode).toBe(8)
  expect(run.images.map(classesOf)).toEqual([
    {'dev@eu-central-1': 'in-progress', 'prod@us-east-1': 'in-progress', 'dr@ap-southeast-2': 'in-progress'},
  ])
  expect(world.sandbox.now() - start).toBe(4000)
})

test('jitters its pauses', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const pauses = async (random: number) => {
    const seen: (number | null)[] = []
    await world.status(
      [image],
      {waitMs: 4000},
      {random: () => random, onLook: looked => seen.push(looked.pauseMs)},
    )
    return seen[0]
  }
  expect([await pauses(0), await pauses(1)]).toEqual([1500, 2500])
})

describe('the deadline holds in real time', () => {
  beforeEach(async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.arrive()
  })

  const times = 1_000_000
  test.each<[string, Fault]>([
    ['a destination hangs', {kind: 'hang', operation: 'DescribeImages', account: prod.account, times}],
    ['a destination fails', {kind: '503', operation: 'DescribeImages', account: prod.account, times}],
    [
      'a destination throttles',
      {kind: 'throttling', operation: 'DescribeImages', account: prod.account, times},
    ],
    [
      'a destination cuts its answers',
      {kind: 'cut', operation: 'DescribeImages', account: prod.account, times},
    ],
    ['the identity at a destination hangs', {kind: 'hang', plane: 'sts', account: prod.account, times}],
    ['everything hangs', {kind: 'hang', times}],
    [
      'the source hangs',
      {kind: 'hang', operation: 'DescribeImages', account: dev.account, region: dev.region, times},
    ],
  ])('where %s, and nothing passes', async (_name, fault) => {
    world.sandbox.setFaults([fault])
    const began = performance.now()
    const outcome = await world
      .status(
        [image],
        {waitMs: 600},
        {
          deadlineAfter: ms => AbortSignal.timeout(ms),
          aws: {...world.aws, now: Date.now, wait: undefined},
        },
      )
      .then(({exitCode}) => exitCode)
      .catch((error: {exitCode?: number}) => error.exitCode)
    expect(outcome).toBe(8)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})

test.each(faultKinds)('nothing passes, in time, when all that destinations answer is %s', async kind => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  // Long enough for what answers, however busy this machine is.
  const before = performance.now()
  expect((await world.status([image])).exitCode).toBe(0)
  const waitMs = Math.min(2000, 200 + 5 * Math.round(performance.now() - before))
  const exception = kind === 'exception' ? {exception: 'ServerException'} : {}
  const fault = {kind, ...exception, ...(kind === 'slow' && {delayMs: 60_000}), times: 1_000_000}
  world.sandbox.setFaults(
    [prod, near].map(({account, region}) => ({...fault, operation: 'DescribeImages', account, region})),
  )
  const began = performance.now()
  const run = await world.status(
    [image],
    {waitMs},
    {
      deadlineAfter: ms => AbortSignal.timeout(ms),
      aws: {...world.aws, now: Date.now, wait: undefined},
    },
  )
  expect(run.images.map(classesOf)).toEqual([
    {'dev@eu-central-1': 'unreadable', 'prod@us-east-1': 'unreadable', 'dr@ap-southeast-2': 'in-sync'},
  ])
  expect(run.exitCode).toBe(8)
  expect(performance.now() - began).toBeLessThan(5000)
})

test('a destination that never answers hides no failure of another', async () => {
  await world.allow(prod, 'ecr:CreateRepository')
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  world.sandbox.setFaults([{kind: 'hang', operation: 'DescribeImages', region: near.region, times: 1000}])
  const run = await world.status(
    [image],
    {waitMs: 500},
    {
      deadlineAfter: ms => AbortSignal.timeout(ms),
      aws: {...world.aws, now: Date.now, wait: undefined},
    },
  )
  expect(run.images.map(classesOf)).toMatchObject([
    {'dev@eu-central-1': 'unreadable', 'prod@us-east-1': 'failed', 'dr@ap-southeast-2': 'in-sync'},
  ])
  expect(run.exitCode).toBe(4)
})

test('ends at once when it is interrupted, with the reason', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  const interruption = new AbortController()
  const reason = new Error('stopped')
  const running = world.status(
    [image],
    {waitMs: 600_000},
    {
      aws: {...world.aws, signal: interruption.signal, wait: undefined},
      onLook: () => interruption.abort(reason),
    },
  )
  await expect(running).rejects.toBe(reason)
})
