import {expect, test} from 'vitest'
import {letUsers, openScene} from './apply-scene.ts'
import {apply, outcomeOf, savedPlan, toldOf} from './apply-support.ts'

const all = {Effect: 'Allow', Action: '*', Resource: '*'}
const allBut = (operation: string) => ({
  Effect: 'Allow',
  NotAction: `ecr:${operation}`,
  Resource: '*',
})
const stranger = {AWS_ACCESS_KEY_ID: '333333333333', AWS_SECRET_ACCESS_KEY: 'any'}

test('credentials of another account than repos.yaml says ask ECR for nothing, with a saved plan and without', async () => {
  const {world, estate} = await openScene()
  const file = await savedPlan(world, estate)
  const aws = {...world.aws, env: stranger}
  const saved = await outcomeOf(apply(world, estate, {plan: file}, {aws}))
  expect(saved).toMatchObject({code: 'PLAN_OF_ANOTHER_ACCOUNT', exitCode: 7})
  expect(saved).toMatchObject({message: expect.stringContaining('belong to account 333333333333')})
  expect(await outcomeOf(apply(world, estate, {}, {aws}))).toMatchObject({code: 'WRONG_ACCOUNT', exitCode: 5})
  expect(new Set(world.operations())).toEqual(new Set(['GetCallerIdentity']))
})

test('an account that took no part in the plan applies nothing of it', async () => {
  const {world, estate} = await openScene()
  const file = await savedPlan(world, estate)
  const others = [...estate.accounts].map(
    ([alias, account]) => [alias, {...account, id: '333333333333'}] as const,
  )
  const run = apply(
    world,
    {...estate, accounts: new Map(others)},
    {plan: file},
    {
      aws: {...world.aws, env: stranger},
    },
  )
  expect(await outcomeOf(run)).toMatchObject({exitCode: 7})
  expect(world.mutations()).toEqual([])
})

test.each([
  ['SetRepositoryPolicy', ['change-policy dev@eu-west-1/team/app', 'create-policy dev@eu-west-1/team/new']],
  ['PutRegistryPolicy', ['change-policy dev@eu-west-1']],
  ['PutReplicationConfiguration', ['change-replication dev@eu-west-1', 'remove-replication prod@us-east-1']],
  ['UntagResource', ['change-tags dev@eu-west-1/team/app']],
  ['DeleteRepository', ['delete-repository dev@eu-west-1/team/gone']],
])('who may not %s fails at that, with what to allow; the others go on', async (operation, denied) => {
  const {world, estate} = await openScene()
  await letUsers(world, allBut(operation))
  const run = await apply(world, estate)
  const failed = run.items.filter(({outcome}) => outcome !== 'applied')
  expect(toldOf({...run, items: failed})).toEqual(denied.map(each => `failed ${each}`))
  for (const {error} of failed) {
    expect(error).toMatchObject({code: 'ACCESS_DENIED', exitCode: 5})
    expect(error?.hints).toEqual([
      expect.stringMatching(
        new RegExp(`^Allow ecr:${operation} on (?:arn:aws:ecr:.*|\\*) in the IAM policy of arn:aws:iam::`),
      ),
    ])
  }
  expect(run.exitCode).toBe(4)
  // What was denied is all that is left.
  await letUsers(world, all)
  const next = await apply(world, estate)
  expect(toldOf(next)).toEqual(denied.map(each => `applied ${each}`))
})

test('a repository that may not be made leaves what is for it undone, and says so', async () => {
  const {world, estate} = await openScene()
  await letUsers(world, allBut('CreateRepository'))
  const run = await apply(world, estate)
  const ofNew = run.items.filter(({repository}) => repository === 'team/new')
  expect(toldOf({...run, items: ofNew})).toEqual([
    'failed create-repository dev@eu-west-1/team/new',
    'skipped create-policy dev@eu-west-1/team/new',
    'skipped create-lifecycle dev@eu-west-1/team/new',
  ])
  expect(ofNew.map(({error}) => error?.exitCode)).toEqual([5, 5, 5])
  expect(run.items.filter(({outcome}) => outcome === 'applied')).toHaveLength(run.items.length - 3)
})

test('what may not be read fails with what to allow, and the others go on', async () => {
  const {world, estate} = await openScene()
  await letUsers(world, allBut('GetRegistryPolicy'))
  const run = await apply(world, estate)
  const failed = run.items.filter(({outcome}) => outcome !== 'applied')
  expect(toldOf({...run, items: failed})).toEqual([
    'failed compare dev@eu-west-1',
    'failed compare prod@us-east-1',
  ])
  const denied = {resource: 'policy', error: {code: 'ACCESS_DENIED', exitCode: 5}}
  expect(failed).toMatchObject([denied, denied])
  expect(run.exitCode).toBe(4)
  expect(world.mutations()).not.toContain('PutRegistryPolicy')
})

test('who may look alone fails at each change, with the exit code of permissions', async () => {
  const {world, estate, state} = await openScene()
  const file = await savedPlan(world, estate)
  const before = await state()
  const Action = ['ecr:Get*', 'ecr:List*', 'ecr:Describe*', 'ecr:BatchGet*']
  await letUsers(world, {Effect: 'Allow', Action, Resource: '*'})
  const run = await apply(world, estate, {plan: file})
  expect(run.exitCode).toBe(5)
  expect(new Set(run.items.map(({outcome}) => outcome))).toEqual(new Set(['failed', 'skipped']))
  await letUsers(world, all)
  expect(await state()).toEqual(before)
})
