import {CreateRepositoryCommand, CreateRepositoryCreationTemplateCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {openReposWorld, prodId} from '../../support/repos-world.ts'
import {type ChangeAnswer, startScanFront} from '../../support/scan-front.ts'
import {apply, toldOf} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

/** A world in which ECR answers as its model of today does not know. */
async function openStrangeWorld(change: ChangeAnswer) {
  const world = await openReposWorld()
  const sandboxUrl = await startScanFront(world.sandbox.url, change)
  return {...world, aws: {...world.aws, sandboxUrl}}
}

const pull = `policy: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: ecr:BatchGetImage}]}`

test('a policy that is not understood is never overwritten; the other repositories go on', async () => {
  const policyText = '{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Principal": "*", "Action": "*"}]}'
  const world = await openStrangeWorld((operation, {repositoryName}) =>
    operation === 'GetRepositoryPolicy' && repositoryName === 'strange' ? {policyText} : undefined,
  )
  for (const repositoryName of ['strange', 'usual'])
    await world.ecr().send(new CreateRepositoryCommand({repositoryName}))
  const estate = world.estateOf(`defaults: {in: [dev], ${pull}}\nrepositories: {strange: {}, usual: {}}`)
  const {plan} = await planRepos(world, estate)
  expect(plan.changes.map(({repository}) => repository)).toEqual(['usual'])
  expect(plan.unread).toMatchObject([
    {
      repository: 'strange',
      error: {
        code: 'UNKNOWN_POLICY',
        message:
          'dev@eu-west-1/strange: the repository policy at ECR is not understood: the key "Effect" is there twice.',
      },
    },
  ])
  world.clearRequests()
  const run = await apply(world, estate)
  expect(toldOf(run)).toContain('applied create-policy dev@eu-west-1/usual')
  expect(run.exitCode).not.toBe(0)
  expect(world.mutations()).toEqual(['SetRepositoryPolicy'])
})

test('what this version does not know of a creation template is put back with what changes', async () => {
  const sent: unknown[] = []
  const world = await openStrangeWorld((operation, input) => {
    if (operation === 'UpdateRepositoryCreationTemplate') sent.push(input)
    if (operation !== 'DescribeRepositoryCreationTemplates') return undefined
    const template = {prefix: 'prod', appliedFor: ['REPLICATION'], retention: {days: 7}}
    return {repositoryCreationTemplates: [template]}
  })
  await world
    .ecr()
    .send(new CreateRepositoryCreationTemplateCommand({prefix: 'prod', appliedFor: ['REPLICATION']}))
  const estate = world.estateOf(
    'registries: {dev: {creationTemplates: {prod: {appliedFor: [REPLICATION], description: mine}}}}',
  )
  const {plan} = await planRepos(world, estate)
  expect(plan.changes).toMatchObject([{lines: [{sign: '+', path: 'description', after: 'mine'}]}])
  await apply(world, estate)
  expect(sent).toMatchObject([{prefix: 'prod', description: 'mine', retention: {days: 7}}])
})
