import {
  GetRepositoryPolicyCommand,
  PutReplicationConfigurationCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {operations} from './apply-faults.ts'
import {foreignRule, foreignStatement, openScene} from './apply-scene.ts'
import {apply, recordOf, savedPlan, toldOf} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

/** All that can be configured, each made, changed and removed where ECR has an operation for it, in this order. */
const made = [
  'change-settings dev@eu-west-1 BLOB_MOUNTING',
  'change-policy dev@eu-west-1',
  'change-scanning dev@eu-west-1',
  'change-signing dev@eu-west-1',
  'create-pull-time-exclusions dev@eu-west-1 arn:aws:iam::111111111111:role/scanner',
  'remove-pull-time-exclusions dev@eu-west-1 arn:aws:iam::111111111111:role/old',
  'create-pull-through-cache dev@eu-west-1 quay',
  'change-pull-through-cache dev@eu-west-1 hub',
  'remove-pull-through-cache dev@eu-west-1 old',
  'create-creation-templates dev@eu-west-1 new',
  'change-creation-templates dev@eu-west-1 changed',
  'remove-creation-templates dev@eu-west-1 old',
  'remove-policy prod@us-east-1',
  'change-scanning prod@us-east-1',
  'remove-signing prod@us-east-1',
  'create-repository dev@eu-west-1/team/new',
  'change-tag-mutability dev@eu-west-1/team/app',
  'change-scan-on-push dev@eu-west-1/team/app',
  'change-tags dev@eu-west-1/team/app',
  'change-policy dev@eu-west-1/team/app',
  'create-lifecycle dev@eu-west-1/team/app',
  'create-policy dev@eu-west-1/team/new',
  'create-lifecycle dev@eu-west-1/team/new',
  'remove-policy dev@eu-west-1/team/plain',
  'remove-lifecycle dev@eu-west-1/team/plain',
  'change-replication dev@eu-west-1',
  'remove-replication prod@us-east-1',
  'delete-repository dev@eu-west-1/team/gone',
]

test('everything that can be configured is made, changed and removed; then nothing differs, and nothing more is sent', async () => {
  const {world, estate} = await openScene()
  const run = await apply(world, estate)
  expect(run.exitCode).toBe(0)
  expect(toldOf(run)).toEqual(made.map(each => `applied ${each}`))
  expect([...new Set(world.mutations())].toSorted()).toEqual(operations)
  expect((await planRepos(world, estate)).plan).toMatchObject({changes: [], unread: []})
  world.clearRequests()
  expect(await apply(world, estate)).toMatchObject({exitCode: 0, items: [], record: null})
  expect(world.mutations()).toEqual([])
})

test('what others made survives: a statement, a rule of replication, an entry, tags and what the file does not name', async () => {
  const {world, estate, state} = await openScene()
  const before = await state()
  await apply(world, estate)
  const after = await state()
  for (const key of [
    'dev@eu-west-1/others/app#tagMutability',
    'dev@eu-west-1/team/app#tags.cost',
    'dev@eu-west-1#creationTemplates/others',
  ])
    expect(after.get(key), key).toBe(before.get(key))
  const {policyText = ''} = await world
    .ecr()
    .send(new GetRepositoryPolicyCommand({repositoryName: 'team/app'}))
  expect(JSON.parse(policyText)).toMatchObject({Statement: [foreignStatement, {Sid: 'Pull'}]})
  expect(after.get('dev@eu-west-1#policy')).toContain('repository/others/*')
  expect(after.get('dev@eu-west-1#signing')).toContain('/signing-profiles/others')
  expect(after.get('dev@eu-west-1#scanning')).toContain('others/*')
  const rules = JSON.parse(after.get('dev@eu-west-1#replication') ?? '') as readonly object[]
  expect(rules).toHaveLength(2)
  expect(rules[0]).toEqual({...foreignRule, destinations: [{region: 'ap-south-1'}]})
})

test('what others add after the plan was made survives, too: that change alone is refused', async () => {
  const {world, estate, state} = await openScene()
  const file = await savedPlan(world, estate)
  const added = {...foreignStatement, Sid: 'Added'}
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [foreignStatement, added]})
  await world.ecr().send(new SetRepositoryPolicyCommand({repositoryName: 'team/app', policyText}))
  const rules = [foreignRule, {destinations: [{region: 'eu-north-1', registryId: '111111111111'}]}]
  await world.ecr().send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules}}))
  const before = await state()
  const run = await apply(world, estate, {plan: file})
  const stale = new Set(['change-policy dev@eu-west-1/team/app', 'change-replication dev@eu-west-1'])
  expect(run.exitCode).toBe(4)
  expect(toldOf(run)).toEqual(made.map(each => `${stale.has(each) ? 'refused' : 'applied'} ${each}`))
  const after = await state()
  for (const key of ['dev@eu-west-1/team/app#policy', 'dev@eu-west-1#replication'])
    expect(after.get(key)).toBe(before.get(key))
  // A new plan keeps both.
  expect(await apply(world, estate)).toMatchObject({exitCode: 0, items: [{}, {}]})
  const kept = await state()
  expect(kept.get('dev@eu-west-1/team/app#policy')).toContain('Added')
  expect(kept.get('dev@eu-west-1#replication')).toContain('eu-north-1')
})

test('a dry run looks at everything and sends nothing; it tells what is stale', async () => {
  const {world, estate, state} = await openScene()
  const file = await savedPlan(world, estate)
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [{...foreignStatement, Sid: 'New'}]})
  await world.ecr().send(new SetRepositoryPolicyCommand({repositoryName: 'team/app', policyText}))
  const before = await state()
  world.clearRequests()
  const run = await apply(world, estate, {plan: file, dryRun: true})
  expect(toldOf(run)).toEqual(
    made.map(each => `${each === 'change-policy dev@eu-west-1/team/app' ? 'refused' : 'planned'} ${each}`),
  )
  expect(run).toMatchObject({exitCode: 4, record: null, traffic: {mutatingRequests: 0}})
  expect(world.mutations()).toEqual([])
  const direct = await apply(world, estate, {dryRun: true})
  expect(direct).toMatchObject({exitCode: 0, record: null})
  expect(direct.items.every(({outcome}) => outcome === 'planned')).toBe(true)
  expect(world.mutations()).toEqual([])
  expect(await state()).toEqual(before)
})

test('each request has its intent in the record before it and its outcome after it', async () => {
  const {world, estate} = await openScene()
  const run = await apply(world, estate)
  const lines = await recordOf(run)
  const [head] = lines
  expect(head).toMatchObject({type: 'repos', callers: run.callers.map(caller => ({...caller}))})
  const intents = lines.filter(({type}) => type === 'intent')
  expect(intents).toHaveLength(world.mutations().length)
  for (const {id} of intents)
    expect(lines.find(line => line['type'] === 'outcome' && line['id'] === id)).toMatchObject({
      result: 'done',
    })
  expect(lines.filter(({type}) => type === 'item')).toHaveLength(made.length)
  expect(lines.at(-1)).toMatchObject({type: 'end', exitCode: 0})
})

test('nobody who says no has anything changed, and is asked once, with all that counts', async () => {
  const {world, estate} = await openScene()
  const asked: unknown[] = []
  const run = await apply(
    world,
    estate,
    {},
    {
      confirm: async question => {
        asked.push(question)
        return false
      },
    },
  )
  expect(asked).toEqual([
    {
      changes: {create: 6, change: 12, remove: 8},
      createdRepositories: 1,
      deletedRepositories: 1,
      deletedImages: 0,
      expire: 0,
      archive: 0,
      registries: ['dev@eu-west-1', 'prod@us-east-1'],
      callers: run.callers,
    },
  ])
  expect(run).toMatchObject({exitCode: 0, record: null})
  expect(run.items.every(({outcome}) => outcome === 'planned')).toBe(true)
  expect(world.mutations()).toEqual([])
})
