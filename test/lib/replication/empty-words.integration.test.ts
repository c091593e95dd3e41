import {beforeEach, expect, test} from 'vitest'
import {
  dev,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
} from '../../support/replication-world.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
  await world.replicateTo(everywhere)
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.push('untagged', [{name: 'two'}])
  await world.sandbox.seed({repositories: [{...dev, name: 'empty'}]})
  await world.arrive()
})

test.each(['empty', 'dev/empty', 'dev@eu-west-1/untagged'])(
  'a repository that is named and has no image with a tag is no success beside others: %s',
  async word => {
    const run = await world.status(['dev/app', word])
    expect(run.images.map(({repository}) => repository)).toEqual(['app'])
    expect(run.missing).toMatchObject([
      {name: word, error: {code: 'IMAGE_NOT_FOUND', message: `${word} has no image with a tag.`}},
    ])
    expect(run.exitCode).toBe(4)
  },
)

test('a name that means images somewhere is met, and so is a pattern that fits something else', async () => {
  await world.replicateTo([near])
  await world.push('empty', [{name: 'elsewhere', tags: ['v1']}], prod)
  expect((await world.status(['empty'])).missing).toEqual([])
  const all = await world.status(['dev@eu-west-1/**'])
  expect([all.missing, all.exitCode]).toEqual([[], 0])
})

test('a copy of a repository without images does not stand for it', async () => {
  await world.push('empty', [{name: 'elsewhere', tags: ['v1']}], prod)
  const run = await world.status(['dev/app', 'empty'])
  expect(run.missing.map(({name}) => name)).toEqual(['empty'])
  expect(run.exitCode).toBe(4)
})

test('a name of which nothing can be read is told once', async () => {
  world.sandbox.setFaults([
    {kind: 'exception', exception: 'AccessDeniedException', operation: 'DescribeImages', times: 1000},
  ])
  const run = await world.status(['dev@eu-west-1/app'])
  expect([run.missing, run.unreadable.length, run.exitCode]).toEqual([[], 1, 8])
})
