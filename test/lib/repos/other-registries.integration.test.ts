import {SetRepositoryPolicyCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {devId, openReposWorld, prodId} from '../../support/repos-world.ts'
import {apply, toldOf} from './apply-support.ts'
import {planRepos, seedRepositories} from './plan-support.ts'

const tombstone = 'repositories: {legacy: {state: absent, images: delete}}\n'
const devHost = `${devId}.dkr.ecr.eu-west-1.amazonaws.com`

test('nothing is deleted from a registry that the file does not name, whoever asks', async () => {
  const world = await openReposWorld()
  await seedRepositories(world, devId, ['legacy'])
  await world.sandbox.seed({
    repositories: [{account: devId, region: 'eu-west-1', name: 'legacy', images: [{tag: 'v1'}]}],
  })
  const [nobody, others] = ['', `accounts: {prod: {id: "${prodId}", region: eu-west-1}}\n`].map(said =>
    parseEstate(`version: 1\n${said}${tombstone}`, 'repos.yaml'),
  )
  const env = {AWS_ACCESS_KEY_ID: devId, AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'eu-west-1'}
  const asDev = {...world, aws: {...world.aws, env}}
  for (const [estate, words] of [
    [nobody, []],
    [others, [`${devHost}/**`]],
  ] as const) {
    if (estate === undefined) continue
    world.clearRequests()
    const run = await apply(asDev, estate, {words, deleteImages: true})
    expect(toldOf(run)).toEqual([`blocked delete-repository ${devHost}/legacy`])
    expect(run.items[0]?.error?.message).toContain('add account 111111111111 with eu-west-1 under accounts')
    expect(world.mutations()).toEqual([])
  }
})

test('where only single repositories may be asked for, their images are looked at, and what is lost with a policy is said', async () => {
  const world = await openReposWorld()
  const at = {account: prodId, region: 'eu-west-1'}
  await world.sandbox.seed({repositories: [{...at, name: 'app', images: [{tag: 'v1'}, {tag: 'v2'}]}]})
  const statement = {Sid: 'Dev', Effect: 'Allow', Principal: {AWS: devId}, Action: 'ecr:*'}
  await world.ecr(prodId).send(
    new SetRepositoryPolicyCommand({
      repositoryName: 'app',
      policyText: JSON.stringify({Version: '2012-10-17', Statement: [statement]}),
    }),
  )
  const estate = parseEstate(
    `version: 1
accounts: {dev: {id: "${devId}", region: eu-west-1}, prod: {id: "${prodId}", region: eu-west-1, via: dev}}
repositories:
  app:
    policy: null
    lifecycle: {rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 1}, action: {type: expire}}]}
`,
    'repos.yaml',
  )
  const {plan} = await planRepos(world, estate)
  expect(plan.changes).toMatchObject([
    {
      resource: 'policy',
      risks: [
        'What the policy allowed ends for 111111111111.',
        'arn:aws:iam::111111111111:user/sandbox is let in by this policy: what it does not allow any more, Gantry can neither do nor take back.',
      ],
    },
    {resource: 'lifecycle', lifecycle: {now: {expire: 1}}},
  ])
})

test('a registry of two accounts of the file is looked at by the name of the first alone', async () => {
  const world = await openReposWorld()
  const estate = parseEstate(
    `version: 1
accounts: {dev: {id: "${devId}", region: eu-west-1}, ci: {id: "${devId}", region: eu-west-1}}
defaults: {tagMutability: MUTABLE}
overlays: {dev: {defaults: {tagMutability: IMMUTABLE}}}
`,
    'repos.yaml',
  )
  await seedRepositories(world, devId, ['app'])
  const {plan} = await planRepos(world, estate)
  expect(plan.changes).toMatchObject([{registry: {label: 'dev@eu-west-1'}, after: {mode: 'IMMUTABLE'}}])
  for (const order of [{words: ['ci/**']}, {accounts: ['ci']}]) {
    await expect(planRepos(world, estate, order)).rejects.toMatchObject({
      code: 'SECOND_NAME',
      message: expect.stringContaining('ci@eu-west-1 is in repos.yaml as dev before'),
    })
  }
})

test('what holds for all is said to change repositories that the file does not name', async () => {
  const world = await openReposWorld()
  await seedRepositories(world, devId, ['app', 'tools'])
  await seedRepositories(world, prodId, ['app'])
  const told = async (text: string) => (await planRepos(world, text)).plan.warnings
  const all = 'defaults: {tagMutability: IMMUTABLE}\nrepositories: {app: {}}\n'
  expect(await told(all)).toContainEqual(
    expect.stringContaining('dev@eu-west-1: 1 repository that repos.yaml does not name would change'),
  )
  expect((await told(all)).join('\n')).not.toContain('prod@eu-west-1: 1 repository')
  expect((await told(all.replace('IMMUTABLE', 'MUTABLE'))).join('\n')).not.toContain('would change')
})
