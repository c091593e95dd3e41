import {
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {scanning} from '../../../../src/lib/repos/resources/scanning.ts'
import {bring, openReposWorld, type ReposSandbox, whereOf} from '../../../support/repos-world.ts'

const wildcards = (...filters: readonly string[]) =>
  filters.map(filter => ({filter, filterType: 'WILDCARD'}) as const)

async function open() {
  const world = await openReposWorld()
  return {world, place: {at: await world.at('dev@eu-west-1')}}
}

async function stored(world: ReposSandbox) {
  return (await world.ecr().send(new GetRegistryScanningConfigurationCommand({}))).scanningConfiguration
}

/** Filters of somebody who says nothing in our file. */
async function configure(
  world: ReposSandbox,
  scanType: 'BASIC' | 'ENHANCED',
  onPush: readonly string[],
  continuous: readonly string[] = [],
) {
  const rules = [
    {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: wildcards(...onPush)} as const,
    {scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: wildcards(...continuous)} as const,
  ].filter(({repositoryFilters}) => repositoryFilters.length > 0)
  await world.ecr().send(new PutRegistryScanningConfigurationCommand({scanType, rules}))
}

test('scanning is configured where nobody did, changed, and put back to what ECR does by itself', async () => {
  const {world, place} = await open()
  const made = await bring(world, scanning, place, {
    type: 'ENHANCED',
    continuous: ['prod/*'],
    onPush: ['b*', 'a*'],
  })
  expect(made.lines).toEqual([
    {sign: '~', path: 'type', before: 'BASIC', after: 'ENHANCED'},
    {sign: '+', path: 'continuous', after: 'prod/*'},
    {sign: '+', path: 'onPush', after: 'a*'},
    {sign: '+', path: 'onPush', after: 'b*'},
  ])
  expect(await stored(world)).toEqual({
    scanType: 'ENHANCED',
    rules: [
      {scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: wildcards('prod/*')},
      {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: wildcards('a*', 'b*')},
    ],
  })
  const changed = await bring(world, scanning, place, {
    onPush: ['a*', 'c*'],
    exclusive: true,
    continuous: ['prod/*'],
  })
  expect(changed.lines).toEqual([
    {sign: '-', path: 'onPush', before: 'b*'},
    {sign: '+', path: 'onPush', after: 'c*'},
  ])
  await bring(world, scanning, place, null)
  expect(await stored(world)).toEqual({scanType: 'BASIC', rules: []})
  expect((await bring(world, scanning, place, null)).lines).toEqual([])
})

test('the order of rules and filters, repetitions and empty rules are no difference', async () => {
  const {world, place} = await open()
  await configure(world, 'ENHANCED', ['b', 'a', 'b'], ['z*', 'y*'])
  world.clearRequests()
  const setting = {type: 'ENHANCED', onPush: ['a', 'b'], continuous: ['y*', 'z*'], exclusive: true} as const
  const {lines, foreign} = await bring(world, scanning, place, setting)
  expect([lines, foreign]).toEqual([[], []])
  expect(world.mutations()).toEqual([])
})

test('what others configured is kept and told, and goes where the file is all there is', async () => {
  const {world, place} = await open()
  await configure(world, 'ENHANCED', ['theirs*'], ['audit/*'])
  const {foreign} = await bring(world, scanning, place, {onPush: ['ours*']})
  expect(foreign).toEqual(['continuous: audit/*', 'onPush: theirs*'])
  expect(await stored(world)).toEqual({
    scanType: 'ENHANCED',
    rules: [
      {scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: wildcards('audit/*')},
      {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: wildcards('ours*', 'theirs*')},
    ],
  })
  await bring(world, scanning, place, {onPush: ['ours*'], exclusive: true})
  expect((await stored(world))?.rules).toEqual([
    {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: wildcards('ours*')},
  ])
})

test('basic scanning is blocked while somebody wants continuous scans, with what to do', async () => {
  const {world, place} = await open()
  await configure(world, 'ENHANCED', [], ['audit/*'])
  world.clearRequests()
  const theirs = await bring(world, scanning, place, {type: 'BASIC'})
  expect(theirs.blocked).toContain('audit/*: others made these filters; give exclusive: true')
  const ours = await bring(world, scanning, place, {type: 'BASIC', continuous: ['x*']})
  expect(ours.blocked).toContain('take these filters out of continuous')
  expect(world.mutations()).toEqual([])
  expect((await bring(world, scanning, place, {type: 'BASIC', exclusive: true})).blocked).toBeUndefined()
  expect(await stored(world)).toEqual({scanType: 'BASIC', rules: []})
})

test('what a switch of the type hides is said, and what a filter without a star fits', async () => {
  const {place, world} = await open()
  const where = whereOf(world, place)
  const live = {type: 'BASIC', continuous: [], onPush: ['old']}
  const {notes} = scanning.desired({type: 'ENHANCED', onPush: ['old', 'prod', 'x*']}, live, where)
  expect(notes).toEqual([
    'What BASIC scans found is not shown any more; it is again when the type is BASIC again.',
    expect.stringContaining('what no filter names is not scanned at all'),
    'The filter prod fits every name that contains it: write prod* for those that begin so.',
  ])
  expect(scanning.desired({onPush: ['old']}, live, where).notes).toEqual([])
})

test('rules that this version does not know stay as they are beside what is changed', async () => {
  const {place, world} = await open()
  const where = whereOf(world, place)
  const weekly = {scanFrequency: 'WEEKLY', repositoryFilters: [{filter: 'a', filterType: 'GLOB'}], window: 3}
  const glob = {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{filter: 'b', filterType: 'GLOB'}]}
  const live = {type: 'ENHANCED', continuous: [], onPush: [], others: [weekly, glob]}
  const {state, foreign} = scanning.desired({onPush: ['c*']}, live, where)
  expect(foreign).toEqual([JSON.stringify(weekly), JSON.stringify(glob)])
  const sent: unknown[] = []
  const mutations = {
    putScanningConfiguration: async (_: unknown, configuration: unknown) => void sent.push(configuration),
  }
  await scanning.apply(mutations as never, {place, entry: '', live, wanted: state})
  expect(sent).toEqual([
    {
      scanType: 'ENHANCED',
      rules: [
        {
          scanFrequency: 'SCAN_ON_PUSH',
          repositoryFilters: [{filter: 'b', filterType: 'GLOB'}, ...wildcards('c*')],
        },
        weekly,
      ],
    },
  ])
})

test('what is exported changes nothing', async () => {
  const {world, place} = await open()
  await configure(world, 'ENHANCED', ['b*'], ['a', 'c'])
  const live = (await scanning.read(place)).get('')
  if (live === undefined) throw new TypeError('there is none')
  const setting = scanning.export(live, whereOf(world, place)) ?? null
  expect(setting).toEqual({type: 'ENHANCED', continuous: ['a', 'c'], onPush: ['b*']})
  expect((await bring(world, scanning, place, setting)).lines).toEqual([])
})

test('that an organization decides about it is told as ECR says it', async () => {
  const {world, place} = await open()
  const exception = 'BlockedByOrganizationPolicyException'
  world.sandbox.setFaults([{kind: 'exception', exception, operation: 'PutRegistryScanningConfiguration'}])
  await expect(bring(world, scanning, place, {type: 'ENHANCED'})).rejects.toMatchObject({
    code: 'BLOCKED_BY_ORGANIZATION_POLICY',
    exitCode: 4,
  })
  expect(await stored(world)).toEqual({scanType: 'BASIC', rules: []})
})
