import {beforeEach, expect, test} from 'vitest'
import {
  everywhere,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
} from '../../support/replication-world.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
  await world.replicateTo(everywhere)
})

test('an image that words name, and that only a copy of its repository has, is expected nowhere and not left out', async () => {
  await world.push('app', [{name: 'two', tags: ['v2']}])
  await world.arrive()
  const own = await world.push('app', [{name: 'one', tags: ['v1']}], prod)
  const run = await world.status(['app:v1', 'app:v2'])
  expect(
    run.images.map(({registry, tags, destinations}) => [registry.label, tags, destinations.length]),
  ).toEqual([
    ['dev@eu-west-1', ['v2'], 3],
    ['prod@us-east-1', ['v1'], 0],
  ])
  expect(run.images[1]?.digest).toBe(own.get('one'))
  expect(run.exitCode).toBe(4)
  expect((await world.status(['app:v2', `prod/app@${own.get('one')}`])).exitCode).toBe(4)
})

test('an image that words name and the source has too is looked at there alone, whatever a copy names by its tag', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  const run = await world.status(['app:v1'])
  expect([run.images.length, run.copies.length, run.exitCode]).toEqual([1, 3, 0])
  await world.push('app', [{name: 'other', tags: ['v1']}], prod)
  const drifted = await world.status(['app:v1'])
  expect([drifted.images.length, drifted.copies.length, drifted.exitCode]).toEqual([1, 3, 4])
})

test('what a copy has is not told of while the source cannot be read', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.arrive()
  world.sandbox.setFaults([
    {
      kind: 'exception',
      exception: 'AccessDeniedException',
      operation: 'DescribeImages',
      account: '111111111111',
      region: 'eu-west-1',
      times: 1000,
      at: 2,
    },
  ])
  const run = await world.status(['app:v1'])
  expect([run.images.length, run.unreadable.length, run.exitCode]).toEqual([0, 1, 8])
})
