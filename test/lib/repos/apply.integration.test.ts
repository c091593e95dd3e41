import {expect, test} from 'vitest'
import {devId, openReposWorld} from '../../support/repos-world.ts'
import {apply, recordOf, savedPlan, toldOf} from './apply-support.ts'
import {planRepos, seedRepositories} from './plan-support.ts'

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

const blocked = `
repositories:
  team/app: {encryption: KMS, tagMutability: IMMUTABLE}
`

test('what ECR cannot change is never sent: it is told with the remedy, the rest is done, and the code is 4', async () => {
  const world = await openReposWorld()
  await seedRepositories(world, devId, ['team/app'])
  const estate = world.estateOf(blocked)
  const file = await savedPlan(world, estate)
  const told = [
    'applied change-tag-mutability dev@eu-west-1/team/app',
    'blocked change-encryption dev@eu-west-1/team/app',
  ]
  const run = await apply(world, estate, {plan: file})
  expect(toldOf(run)).toEqual(told)
  expect(run).toMatchObject({exitCode: 4, items: [{error: null}, {error: {code: 'BLOCKED', exitCode: 4}}]})
  expect(run.items[1]?.error?.message).toMatch(/promote/)
  expect(world.mutations()).toEqual(['PutImageTagMutability'])
  // A saved plan of nothing else asks nobody for anything.
  const rest = await savedPlan(world, estate)
  const again = await apply(world, estate, {plan: rest})
  expect(toldOf(again)).toEqual(told.slice(1))
  expect(again).toMatchObject({exitCode: 4, record: null})
  expect(world.operations()).toEqual([])
  expect(toldOf(await apply(world, estate))).toEqual(told.slice(1))
  expect(world.mutations()).toEqual([])
})

test('a file that says nothing changes nothing, however much there is', async () => {
  const world = await openReposWorld()
  await apply(world, world.estateOf(everything))
  world.clearRequests()
  for (const text of ['', 'defaults: {}\n', 'repositories: {}\nregistries: {}\n']) {
    const run = await apply(world, world.estateOf(text))
    expect(run).toMatchObject({exitCode: 0, items: [], record: null})
  }
  expect(world.mutations()).toEqual([])
})

test('only what is meant is applied', async () => {
  const world = await openReposWorld()
  const estate = world.estateOf(everything)
  const run = await apply(world, estate, {words: ['team/app'], accounts: ['dev']})
  expect(toldOf(run)).toEqual(['applied create-repository dev@eu-west-1/team/app'])
  expect(world.mutations()).toEqual(['CreateRepository'])
})

test('a plan that has expired applies nothing, and one that expires meanwhile no more', async () => {
  let left = Infinity
  const world = await openReposWorld({
    async onRequest() {
      if (--left === 0) await world.sandbox.advanceClock(25 * 3_600_000)
    },
  })
  const estate = world.estateOf(everything)
  const file = await savedPlan(world, estate)
  left = 12
  const run = await apply(world, estate, {plan: file, concurrency: 1})
  const outcomes = run.items.map(({outcome}) => outcome)
  expect(new Set(outcomes)).toEqual(new Set(['applied', 'refused']))
  expect(run.items.find(({outcome}) => outcome === 'refused')?.error).toMatchObject({code: 'PLAN_EXPIRED'})
  expect(run.exitCode).toBe(4)
  world.clearRequests()
  await expect(apply(world, estate, {plan: file})).rejects.toMatchObject({code: 'PLAN_EXPIRED', exitCode: 7})
  expect(world.operations()).toEqual([])
})

test('a record that cannot be begun keeps everything from being changed', async () => {
  const world = await openReposWorld()
  const record = '/proc/gantry/record.jsonl'
  const run = apply(world, world.estateOf(everything), {record})
  await expect(run).rejects.toMatchObject({code: 'JOURNAL_UNWRITABLE', exitCode: 2})
  expect(world.mutations()).toEqual([])
})
