import {
  CreateRepositoryCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {devId, openReposWorld, prodId, type ReposSandbox} from '../../support/repos-world.ts'
import {apply, savedPlan, toldOf} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

const file = `
vars: {pull: "ecr:BatchGetImage"}
presets:
  policy:
    lambda:
      statements:
        - Sid: Lambda
          Effect: Allow
          Principal: {Service: lambda.amazonaws.com}
          Action: [ecr:BatchGetImage, ecr:GetDownloadUrlForLayer]
          Condition: {ArnLike: {aws:SourceArn: "arn:aws:lambda:\${region}:\${account}:function:*"}}
registries:
  dev:
    policy: {statements: [{Sid: Copies, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: ecr:ReplicateImage, Resource: "arn:aws:ecr:\${region}:\${account}:repository/*"}]}
    creationTemplates:
      cache/: {appliedFor: [CREATE_ON_PUSH], policy: {use: [lambda]}, lifecycle: {expire: [{untagged: true, olderThan: 14d}]}}
match:
  - names: ["team/**"]
    set: {policy: {use: [lambda], statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: "\${pull}"}]}}
repositories:
  team/app: {in: [dev]}
`
const lambda = {
  Sid: 'Lambda',
  Effect: 'Allow',
  Principal: {Service: 'lambda.amazonaws.com'},
  Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  Condition: {ArnLike: {'aws:SourceArn': `arn:aws:lambda:eu-west-1:${devId}:function:*`}},
}
const pull = {Sid: 'Pull', Effect: 'Allow', Principal: {AWS: prodId}, Action: 'ecr:BatchGetImage'}
const foreign = {
  Effect: 'Deny',
  Principal: {AWS: [`arn:aws:iam::${prodId}:root`]},
  Action: ['ecr:PutImage', 'ecr:DeleteRepository'],
}

async function put(world: ReposSandbox, ...statements: readonly object[]): Promise<void> {
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: statements})
  await world.ecr().send(new SetRepositoryPolicyCommand({repositoryName: 'team/app', policyText}))
}

async function statementsOf(world: ReposSandbox): Promise<unknown> {
  const {policyText = ''} = await world
    .ecr()
    .send(new GetRepositoryPolicyCommand({repositoryName: 'team/app'}))
  return (JSON.parse(policyText) as {Statement: unknown}).Statement
}

/** A repository with a policy of others, and a saved plan of what the file makes of it. */
async function planned() {
  const world = await openReposWorld()
  await world.ecr().send(new CreateRepositoryCommand({repositoryName: 'team/app'}))
  await put(world, foreign, {...pull, Effect: 'Deny'})
  const estate = world.estateOf(file)
  return {world, estate, plan: await savedPlan(world, estate)}
}

test('policies and templates are made as the file says, and then nothing differs', async () => {
  const world = await openReposWorld()
  const estate = world.estateOf(file)
  expect(toldOf(await apply(world, estate))).toEqual([
    'applied create-policy dev@eu-west-1',
    'applied create-creation-templates dev@eu-west-1 cache/',
    'applied create-repository dev@eu-west-1/team/app',
    'applied create-policy dev@eu-west-1/team/app',
  ])
  expect(await statementsOf(world)).toEqual([lambda, pull])
  const {plan} = await planRepos(world, estate)
  expect(plan).toMatchObject({changes: [], unread: []})
})

test('a saved plan keeps what others wrote as they wrote it', async () => {
  const {world, estate, plan} = await planned()
  const run = await apply(world, estate, {plan})
  expect(run.exitCode).toBe(0)
  expect(await statementsOf(world)).toEqual([foreign, pull, lambda])
  const after = await planRepos(world, estate)
  expect(after.plan).toMatchObject({
    changes: [],
    foreign: [
      {
        resource: 'policy',
        entries: [`without a Sid: Deny ${prodId} ecr:DeleteRepository, ecr:PutImage`],
      },
    ],
  })
})

test('a saved plan holds while the policy says the same, and not when somebody adds to it', async () => {
  const {world, estate, plan} = await planned()
  await put(world, {...pull, Effect: 'Deny', Action: ['ecr:batchGetImage']}, foreign)
  expect(toldOf(await apply(world, estate, {plan}))).toContain('applied change-policy dev@eu-west-1/team/app')

  const other = await planned()
  const added = {...foreign, Sid: 'Added'}
  await put(other.world, foreign, {...pull, Effect: 'Deny'}, added)
  const run = await apply(other.world, other.estate, {plan: other.plan})
  const item = run.items.find(({repository, resource}) => repository === 'team/app' && resource === 'policy')
  expect(item?.error?.code).toBe('PLAN_STALE')
  expect(await statementsOf(other.world)).toEqual([foreign, {...pull, Effect: 'Deny'}, added])
})

test('a statement that the file called otherwise before is foreign, and stays', async () => {
  const world = await openReposWorld()
  const estate = world.estateOf(file)
  await apply(world, estate)
  const drifted = world.estateOf(file.replace('Sid: Pull', 'Sid: Read'))
  const {plan} = await planRepos(world, drifted)
  expect(plan.changes.map(({lines}) => lines.map(({sign, path}) => `${sign} ${path}`))).toEqual([
    ['+ statements.Read'],
  ])
  expect(plan.foreign).toMatchObject([{entries: [`Pull: Allow ${prodId} ecr:BatchGetImage`]}])
})
