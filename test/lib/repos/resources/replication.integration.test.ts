import {
  DescribeRegistryCommand,
  PutReplicationConfigurationCommand,
  type ReplicationRule,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {replication} from '../../../../src/lib/repos/resources/replication.ts'
import {liveRules, storedRules} from '../../../../src/lib/repos/resources/replication-rules.ts'
import {
  bring,
  devId,
  openReposWorld,
  prodId,
  type ReposSandbox,
  whereOf,
} from '../../../support/repos-world.ts'

async function open() {
  const world = await openReposWorld()
  return {world, place: {at: await world.at('dev@eu-west-1')}}
}

const place = (registryId: string, region: string) => ({registryId, region})
const prefixes = (...filters: readonly string[]) =>
  filters.map(filter => ({filter, filterType: 'PREFIX_MATCH'}) as const)

async function stored(world: ReposSandbox) {
  return (await world.ecr().send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules
}

async function configure(world: ReposSandbox, ...rules: readonly ReplicationRule[]) {
  await world
    .ecr()
    .send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: [...rules]}}))
}

test('rules are made, changed and removed; destinations are regions, aliases and ids', async () => {
  const {world, place: at} = await open()
  const made = await bring(world, replication, at, {
    rules: [{prefixes: ['prod/'], to: ['us-west-2', 'prod@us-east-1', '444455556666@eu-west-1']}],
  })
  expect(made.lines).toEqual([
    {
      sign: '+',
      path: 'rules.prod/',
      after: {
        prefixes: ['prod/'],
        to: [`${devId}@us-west-2`, `${prodId}@us-east-1`, '444455556666@eu-west-1'],
        deletions: false,
      },
    },
  ])
  expect(made.notes).toEqual([expect.stringContaining('Only what is pushed from now on is replicated')])
  expect(await stored(world)).toEqual([
    {
      repositoryFilters: prefixes('prod/'),
      destinations: [
        place(devId, 'us-west-2'),
        place(prodId, 'us-east-1'),
        place('444455556666', 'eu-west-1'),
      ],
    },
  ])
  const changed = await bring(world, replication, at, {rules: [{prefixes: ['prod/'], to: ['us-west-2']}]})
  expect(changed.lines.map(({sign, path, before}) => [sign, path, before])).toEqual([
    ['-', 'rules.prod/.to', `${prodId}@us-east-1`],
    ['-', 'rules.prod/.to', '444455556666@eu-west-1'],
  ])
  expect(changed.notes).toEqual([])
  await bring(world, replication, at, {rules: [{prefixes: ['prod/'], to: ['us-west-2'], state: 'absent'}]})
  expect(await stored(world)).toEqual([])
  await bring(world, replication, at, {rules: [{to: ['us-west-2']}]})
  await bring(world, replication, at, null)
  expect(await stored(world)).toEqual([])
  expect((await bring(world, replication, at, null)).lines).toEqual([])
})

test('the order of rules, prefixes and destinations is no difference, nor is one rule in two', async () => {
  const {world, place: at} = await open()
  await configure(
    world,
    {repositoryFilters: prefixes('b/', 'a/'), destinations: [place(prodId, 'us-east-1')]},
    {destinations: [place(devId, 'us-west-2'), place(prodId, 'eu-west-1')]},
    {repositoryFilters: prefixes('a/', 'b/'), destinations: [place(devId, 'us-west-2')]},
  )
  world.clearRequests()
  const {lines, foreign} = await bring(world, replication, at, {
    rules: [
      {to: ['prod@eu-west-1', 'us-west-2']},
      {prefixes: ['a/', 'b/'], to: ['us-west-2', 'prod@us-east-1']},
    ],
  })
  expect([lines, foreign]).toEqual([[], []])
  expect(world.mutations()).toEqual([])
})

test('a rule that others made survives exactly as it is, and is told', async () => {
  const {world, place: at} = await open()
  const theirs = {
    repositoryFilters: prefixes('z/', 'audit/'),
    destinations: [place(prodId, 'us-east-1'), place(devId, 'ap-south-1')],
  }
  await configure(world, theirs)
  const {foreign} = await bring(world, replication, at, {rules: [{prefixes: ['prod/'], to: ['us-west-2']}]})
  expect(foreign).toEqual([`audit/,z/ to ${devId}@ap-south-1, ${prodId}@us-east-1`])
  expect(await stored(world)).toEqual([
    theirs,
    {repositoryFilters: prefixes('prod/'), destinations: [place(devId, 'us-west-2')]},
  ])
  await bring(world, replication, at, {rules: [{prefixes: ['prod/'], to: ['us-west-2']}], exclusive: true})
  expect((await stored(world))?.length).toBe(1)
})

test('that deletions are replicated is said, and is not lost of the rules of others', async () => {
  const {world, place: at} = await open()
  await bring(world, replication, at, {rules: [{prefixes: ['a/'], to: ['us-west-2'], deletions: true}]})
  const read = async () => (await replication.read(at)).get('')
  expect(await read()).toEqual([{prefixes: ['a/'], to: [`${devId}@us-west-2`], deletions: true}])
  // The file that knows nothing of them leaves them.
  await bring(world, replication, at, {rules: [{prefixes: ['b/'], to: ['us-west-2']}]})
  await bring(world, replication, at, {rules: [{prefixes: ['a/'], to: ['us-west-2', 'us-east-1']}]})
  expect(await read()).toEqual([
    {prefixes: ['b/'], to: [`${devId}@us-west-2`], deletions: false},
    {prefixes: ['a/'], to: [`${devId}@us-east-1`, `${devId}@us-west-2`], deletions: true},
  ])
  const off = {rules: [{prefixes: ['a/'], to: ['us-west-2', 'us-east-1'], deletions: false}]}
  expect((await bring(world, replication, at, off)).lines).toEqual([
    {sign: '~', path: 'rules.a/.deletions', before: true, after: false},
  ])
  expect((await read())?.every(({deletions}) => !deletions)).toBe(true)
})

test('a destination that is the registry itself is left out, and a rule that leads nowhere else is not meant', async () => {
  const {world, place: at} = await open()
  await configure(world, {repositoryFilters: prefixes('b/'), destinations: [place(devId, 'us-west-2')]})
  const {notes, foreign} = await bring(world, replication, at, {
    rules: [
      {prefixes: ['a/'], to: ['eu-west-1', 'prod@eu-west-1']},
      {prefixes: ['b/'], to: [`${devId}@eu-west-1`]},
    ],
  })
  expect(notes).toContain('eu-west-1 is dev@eu-west-1 itself, and was left out.')
  expect(foreign).toEqual([`b/ to ${devId}@us-west-2`])
  expect((await stored(world))?.map(({destinations}) => destinations)).toEqual([
    [place(devId, 'us-west-2')],
    [place(prodId, 'eu-west-1')],
  ])
})

test('a destination that nobody knows blocks the change', async () => {
  const {world, place: at} = await open()
  world.clearRequests()
  const {blocked} = await bring(world, replication, at, {rules: [{to: ['staging@eu-west-1', 'us-west-2']}]})
  expect(blocked).toContain('leads to staging@eu-west-1, and repos.yaml has no such account')
  expect(world.mutations()).toEqual([])
})

test('a prefix without a slash is told to fit more than what is below it', async () => {
  const {world, place: at} = await open()
  const setting = {rules: [{prefixes: ['prod', 'dev/'], to: ['us-west-2']}]}
  const {notes} = replication.desired(setting, null, whereOf(world, at))
  expect(notes).toContain(
    'The prefix prod fits every name that begins so: write prod/ for what is below prod alone.',
  )
  expect(notes.join()).not.toContain('The prefix dev/')
  // What is as it should be needs no advice.
  expect((await bring(world, replication, at, setting)).notes).not.toEqual([])
  expect((await bring(world, replication, at, setting)).notes).toEqual([])
})

test('rules with members that this version does not know are kept, shown, and nobody takes them for those of the file', async () => {
  const {world, place: at} = await open()
  const live = [
    {prefixes: ['a/'], to: [`${devId}@us-west-2`], deletions: false, other: {priority: 3}},
    {
      prefixes: [],
      to: [`${devId}@us-east-1`],
      deletions: false,
      other: {repositoryFilters: [{filter: 'x', filterType: 'GLOB'}]},
    },
  ]
  const {state, foreign} = replication.desired(
    {rules: [{prefixes: ['a/'], to: ['us-east-1']}]},
    live,
    whereOf(world, at),
  )
  expect(foreign.join('\n')).toContain('GLOB')
  expect(state).toEqual(expect.arrayContaining(live))
  expect(state).toHaveLength(3)
  expect(replication.export(live, whereOf(world, at))).toBeUndefined()
})

test.each([
  ['a destination', {destinations: [{...place(devId, 'us-east-1'), kmsKey: 'k'}]}],
  ['a filter', {repositoryFilters: [{filter: 'a/', filterType: 'PREFIX_MATCH', negated: true}]}],
  ['what is said of deletions', {deleteReplication: {enabled: true, delayInDays: 3}}],
])('a rule with a member of %s that is not known goes back whole', async (_, members) => {
  const {world, place: at} = await open()
  const plain = {repositoryFilters: prefixes('a/'), destinations: [place(devId, 'us-east-1')]}
  const rule: ReplicationRule = Object.assign(plain, members)
  const setting = {rules: [{prefixes: ['a/'], to: ['us-east-1', 'us-west-2']}]}
  const {state} = replication.desired(setting, liveRules([rule]), whereOf(world, at))
  expect(storedRules(state ?? [], [rule])).toContainEqual(rule)
})

test('rules that changed in the last moment are left', async () => {
  const {world, place: at} = await open()
  const live = (await replication.read(at)).get('') ?? null
  const {state} = replication.desired({rules: [{to: ['us-west-2']}]}, live, whereOf(world, at))
  await configure(world, {destinations: [place(prodId, 'eu-west-1')]})
  world.clearRequests()
  const mutations = {putReplicationConfiguration: () => Promise.reject(new Error('it was sent'))}
  await expect(
    replication.apply(mutations as never, {place: at, entry: '', live, wanted: state}),
  ).rejects.toMatchObject({code: 'PLAN_STALE', exitCode: 7})
  expect(world.mutations()).toEqual([])
})

test('what is exported changes nothing', async () => {
  const {world, place: at} = await open()
  await configure(
    world,
    {
      repositoryFilters: prefixes('bb', 'a/'),
      destinations: [place(prodId, 'us-east-1'), place('999999999999', 'eu-west-1')],
    },
    {destinations: [place(devId, 'us-west-2')]},
  )
  const live = (await replication.read(at)).get('')
  if (live === undefined) throw new TypeError('there is none')
  const setting = replication.export(live, whereOf(world, at)) ?? null
  expect(setting).toEqual({
    rules: [{prefixes: ['a/', 'bb'], to: ['prod@us-east-1', '999999999999@eu-west-1']}, {to: ['us-west-2']}],
  })
  expect((await bring(world, replication, at, setting)).lines).toEqual([])
})
