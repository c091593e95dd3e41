import {
  CreateRepositoryCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {PlacedSetting} from '../../../../src/lib/config/lifecycle/readable.ts'
import {lifecycle} from '../../../../src/lib/repos/resources/lifecycle.ts'
import {bring, openReposWorld, repositoryAt, whereOf} from '../../../support/repos-world.ts'

async function open() {
  const world = await openReposWorld()
  const ecr = world.ecr()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  return {
    world,
    place: repositoryAt(await world.at('dev@eu-west-1'), 'app'),
    put: async (policy: object) => {
      const lifecyclePolicyText = JSON.stringify(policy)
      await ecr.send(new PutLifecyclePolicyCommand({repositoryName: 'app', lifecyclePolicyText}))
    },
    stored: async () => {
      const {lifecyclePolicyText = ''} = await ecr.send(
        new GetLifecyclePolicyCommand({repositoryName: 'app'}),
      )
      return JSON.parse(lifecyclePolicyText) as unknown
    },
    settingOf: (text: string): PlacedSetting => {
      const setting = world
        .estateOf(`repositories: {app: {lifecycle: ${text}}}`)
        .repositories.get('app')?.lifecycle
      if (setting === undefined) throw new TypeError('it says nothing')
      return setting
    },
  }
}

const untagged = {
  rulePriority: 10,
  selection: {tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14},
  action: {type: 'expire'},
}
const releases = {
  rulePriority: 20,
  description: 'releases',
  selection: {
    tagStatus: 'tagged',
    tagPatternList: ['v*', 'r*'],
    countType: 'imageCountMoreThan',
    countNumber: 50,
  },
  action: {type: 'expire'},
}

test('a policy is made, changed rule by rule, and removed', async () => {
  const {world, place, stored, settingOf} = await open()
  const made = await bring(world, lifecycle, place, settingOf('{expire: [{untagged: true, olderThan: 14d}]}'))
  expect(made.lines).toMatchObject([{sign: '+', path: 'rules.10'}])
  expect(await stored()).toMatchObject({rules: [untagged]})
  const longer = await bring(
    world,
    lifecycle,
    place,
    settingOf('{expire: [{untagged: true, olderThan: 30d}]}'),
  )
  expect(longer.lines).toMatchObject([
    {
      sign: '~',
      path: 'rules.10',
      before: {selection: {countNumber: 14}},
      after: {selection: {countNumber: 30}},
    },
  ])
  world.clearRequests()
  expect(
    (
      await bring(
        world,
        lifecycle,
        place,
        longer.state && settingOf('{expire: [{untagged: true, olderThan: 30d}]}'),
      )
    ).lines,
  ).toEqual([])
  expect(world.mutations()).toEqual([])
  const gone = await bring(world, lifecycle, place, settingOf('null'))
  expect(gone.lines).toMatchObject([{sign: '-', path: 'rules.10'}])
  expect(await lifecycle.read(place)).toEqual(new Map())
})

test('a policy that somebody wrote in another order and with defaults means the same', async () => {
  const {world, place, put, settingOf} = await open()
  await put({
    rules: [
      {...releases, selection: {...releases.selection, tagPatternList: ['r*', 'v*', 'r*']}},
      {
        action: untagged.action,
        selection: {...untagged.selection, storageClass: 'standard'},
        rulePriority: 10,
      },
    ],
  })
  const setting = settingOf(JSON.stringify({rules: [untagged, releases]}))
  expect((await bring(world, lifecycle, place, setting)).lines).toEqual([])
})

test('one that this version does not understand is refused, and stays', async () => {
  const {world, place, settingOf} = await open()
  const policy = {rules: [{...untagged, until: '2027-01-01'}]}
  const at = {
    ...place.at,
    api: {lifecycle: {getPolicy: async () => ({text: JSON.stringify(policy)})}},
  }
  world.clearRequests()
  await expect(bring(world, lifecycle, {...place, at: at as never}, settingOf('null'))).rejects.toMatchObject(
    {code: 'UNKNOWN_POLICY', exitCode: 8, message: expect.stringContaining('until') as string},
  )
  expect(world.mutations()).toEqual([])
})

test("what is exported is in ECR's own grammar and changes nothing", async () => {
  const {world, place, put} = await open()
  await put({rules: [releases, untagged]})
  const live = (await lifecycle.read(place)).get('')
  if (live === undefined) throw new TypeError('there is none')
  const setting = lifecycle.export(live, whereOf(world, place)) ?? null
  expect(setting?.value?.rules).toEqual([
    untagged,
    {...releases, selection: {...releases.selection, tagPatternList: ['r*', 'v*']}},
  ])
  expect((await bring(world, lifecycle, place, setting)).lines).toEqual([])
})
