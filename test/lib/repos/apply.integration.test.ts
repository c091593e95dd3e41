import {expect, test} from 'vitest'
import {openReposWorld} from '../../support/repos-world.ts'
import {apply, recordOf, savedPlan, toldOf} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

const everything = `
registries:
  "*": {settings: {BLOB_MOUNTING: ENABLED}}
  prod@eu-west-1:
    replication: {rules: [{prefixes: [team/], to: [us-east-1]}]}
defaults: {tagMutability: IMMUTABLE, tags: {owner: platform}}
repositories:
  team/app: {in: [dev, prod@eu-west-1]}
  team/web: {in: [dev], scanOnPush: true, lifecycle: {expire: [{id: old, untagged: true, olderThan: 14d}]}}
`

test('what differs is made as the file says; after that nothing differs, and a second apply changes nothing', async () => {
  const world = await openReposWorld()
  const estate = world.estateOf(everything)
  const run = await apply(world, estate)
  expect(run.exitCode).toBe(0)
  expect(toldOf(run)).toEqual([
    'applied change-settings dev@eu-west-1 BLOB_MOUNTING',
    'applied change-settings prod@eu-west-1 BLOB_MOUNTING',
    'applied change-settings prod@us-east-1 BLOB_MOUNTING',
    'applied create-repository dev@eu-west-1/team/app',
    'applied create-repository dev@eu-west-1/team/web',
    'applied create-repository prod@eu-west-1/team/app',
    'applied create-lifecycle dev@eu-west-1/team/web',
    'applied create-replication prod@eu-west-1',
  ])
  expect((await planRepos(world, estate)).plan.changes).toEqual([])
  world.clearRequests()
  expect(await apply(world, estate)).toMatchObject({exitCode: 0, items: [], record: null})
  expect(world.mutations()).toEqual([])
})

test('a saved plan is applied by itself, twice: the second time everything is as it is to be', async () => {
  const world = await openReposWorld()
  const estate = world.estateOf(everything)
  const file = await savedPlan(world, estate)
  const run = await apply(world, estate, {plan: file})
  expect(run).toMatchObject({exitCode: 0, traffic: {mutatingRequests: 8}})
  expect(run.items.every(({outcome}) => outcome === 'applied')).toBe(true)
  world.clearRequests()
  const again = await apply(world, estate, {plan: file})
  expect(again.items.map(({outcome}) => outcome)).toEqual(run.items.map(() => 'unchanged'))
  expect(world.mutations()).toEqual([])
  const lines = await recordOf(run)
  expect(lines.filter(({type}) => type === 'intent')).toHaveLength(8)
  expect(lines.filter(({type, result}) => type === 'outcome' && result === 'done')).toHaveLength(8)
  expect(lines[0]).toMatchObject({type: 'repos'})
  expect(lines.at(-1)).toMatchObject({type: 'end', exitCode: 0})
})
