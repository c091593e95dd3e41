import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {exitCodes} from '../../../src/lib/errors.ts'
import {dev, devHost, prod, startWorld, type World} from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'web', images: [{tag: 'v1'}]},
      {...prod, name: 'web'},
    ],
  })
})

afterAll(() => world.close())

test('a shard that has nothing to do of a saved plan is done, without a request to a repository', async () => {
  const plan = join(world.folder, 'plan.json')
  await world.promote(['web:v1'], {out: plan})
  const results = []
  for (const index of [1, 2, 3, 4]) {
    world.sandbox.clearRequests()
    const result = await world.promote([], {plan, shard: {index, count: 4}})
    const asked = world.sandbox.requests.map(({operation}) => operation)
    results.push({...result, asked: new Set(asked)})
  }
  const [busy, ...others] = results.toSorted((a, b) => b.items.length - a.items.length)
  expect(busy?.items).toMatchObject([{outcome: 'promoted', tags: ['v1']}])
  for (const idle of others) {
    expect(idle).toMatchObject({items: [], exitCode: exitCodes.done})
    expect([...idle.asked]).toEqual(['GetCallerIdentity'])
    expect(idle.callers).toEqual(busy?.callers)
    expect(idle.shard?.batch).toBe(busy?.shard?.batch)
  }
})

test('shards of lists that differ say so, and shards of one list do not', async () => {
  const batchOf = async (images: readonly string[], index: number) => {
    const {shard} = await world.promote(images, {dryRun: true, shard: {index, count: 2}})
    return shard?.batch
  }
  const batch = await batchOf(['web:v1'], 1)
  expect(await batchOf([`${devHost}/web:v1`], 2)).toBe(batch)
  expect(await batchOf(['web:v1', 'web:v2'], 2)).not.toBe(batch)
})
