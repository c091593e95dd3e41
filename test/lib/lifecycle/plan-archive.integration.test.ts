import {
  DescribeImagesCommand,
  ECRClient,
  type ImageDetail,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {plan} from '../../support/lifecycle-plan.ts'
import {dayMs, expireAfter, type LifecycleWorld, openLifecycleWorld} from '../../support/lifecycle-world.ts'

const app = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}

function fillOf({fill}: LifecycleWorld): LifecycleWorld['fill'] {
  return fill
}

function clientOf({sandbox}: LifecycleWorld): ECRClient {
  const credentials = {accessKeyId: app.account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: sandbox.url, region: app.region, credentials, maxAttempts: 1})
  onTestFinished(() => client.destroy())
  return client
}

async function imagesOf(world: LifecycleWorld): Promise<readonly ImageDetail[]> {
  const command = new DescribeImagesCommand({repositoryName: app.name, filter: {imageStatus: 'ANY'}})
  const {imageDetails = []} = await clientOf(world).send(command)
  return imageDetails
}

test('what an archived index lists stays; as that cannot be read, the plan may say that it goes, and tells so', async () => {
  const world = await openLifecycleWorld()
  const [digests = new Map<string, string>()] = await fillOf(world)({
    ...app,
    images: [
      {name: 'arm', pushed: 100},
      {name: 'both', tags: ['v1'], pushed: 100, archived: 50, lists: ['arm']},
      {name: 'loose', pushed: 100},
    ],
  })
  await world.putPolicy(app, expireAfter(14, {tagStatus: 'untagged'}))
  const {plan: planned, warnings} = await plan(world)
  const [{images, departures, preview} = {}] = planned.repositories
  expect(images).toEqual({standard: 2, archived: 1})
  expect(new Set(departures?.map(({digest}) => digest))).toEqual(
    new Set([digests.get('arm'), digests.get('loose')]),
  )
  expect(preview?.status).toBe('agrees')
  expect(warnings).toEqual([expect.stringContaining(`What ${digests.get('both')} lists was not read`)])

  await world.sandbox.advanceClock(dayMs)
  const left = (await imagesOf(world)).map(({imageDigest}) => imageDigest)
  expect(new Set(left)).toEqual(new Set([digests.get('arm'), digests.get('both')]))
})

test('a role whose pulls do not count reads manifests for a rule that counts pulls, and delays nothing', async () => {
  const world = await openLifecycleWorld()
  await fillOf(world)({
    ...app,
    images: [
      {name: 'used', tags: ['v2'], pushed: 40, pulled: 5},
      {name: 'unused', tags: ['v1'], pushed: 30},
    ],
  })
  const archiveUnused: LifecycleRule = {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 15},
    action: {type: 'transition', targetStorageClass: 'archive'},
  }
  await world.putPolicy(app, archiveUnused)
  const principalArn = `arn:aws:iam::${app.account}:role/planner`
  await clientOf(world).send(new RegisterPullTimeUpdateExclusionCommand({principalArn}))
  const pullsBefore = (await imagesOf(world)).map(({lastRecordedPullTime}) => lastRecordedPullTime)
  const planner = {
    estate: parseEstate(
      `version: 1\naccounts:\n  dev: {id: "${app.account}", region: ${app.region}, role: "${principalArn}"}\n`,
      'repos.yaml',
    ),
  }

  const run = await plan(world, {}, planner)
  const [planned] = run.plan.repositories
  expect(run.callers).toEqual([
    expect.objectContaining({arn: expect.stringContaining(':assumed-role/planner/')}),
  ])
  expect(world.operations().get('BatchGetImage')).toBe(1)
  expect(planned?.now).toMatchObject({expire: 0, archive: 1})
  expect(planned?.departures.map(({tags}) => tags)).toEqual([['v1']])
  expect(run.warnings).toEqual([])
  expect((await imagesOf(world)).map(({lastRecordedPullTime}) => lastRecordedPullTime)).toEqual(pullsBefore)
})
