import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {PutLifecyclePolicyCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {defaultReposLimits} from '../../../src/lib/repos/apply-model.ts'
import {devId, openReposWorld} from '../../support/repos-world.ts'
import {apply, outcomeOf, savedPlan, toldOf} from './apply-support.ts'

const at = {account: devId, region: 'eu-west-1'}
/** Two of three images go; the order of those that were pushed at once is that of their digests. */
const file = `
defaults: {lifecycle: {rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 1}, action: {type: expire}}]}}
repositories:
  app: {tagMutability: IMMUTABLE}
  web: {}
`
const limits = {...defaultReposLimits, maxShare: 100}
const verbs = {
  mutability: 'change-tag-mutability dev@eu-west-1/app',
  app: 'create-lifecycle dev@eu-west-1/app',
  web: 'create-lifecycle dev@eu-west-1/web',
}

async function openWithImages() {
  const world = await openReposWorld()
  const images = ['v1', 'v2', 'v3'].map(tag => ({tag}))
  await world.sandbox.seed({repositories: ['app', 'web'].map(name => ({...at, name, images}))})
  world.clearRequests()
  return {world, estate: world.estateOf(file)}
}

test('a lifecycle policy of images is written as a lifecycle plan would be: with its limits, told how many images go', async () => {
  const {world, estate} = await openWithImages()
  const share = await outcomeOf(apply(world, estate))
  expect(share).toMatchObject({code: 'TOO_LARGE_A_SHARE', exitCode: 7})
  expect(share).toMatchObject({message: expect.stringContaining('--max-share 67')})
  const few = await outcomeOf(apply(world, estate, {limits: {...limits, maxImages: 3}}))
  expect(few).toMatchObject({code: 'TOO_MANY_IMAGES', exitCode: 7})
  expect(world.mutations()).toEqual([])
  const asked: unknown[] = []
  const run = await apply(
    world,
    estate,
    {limits},
    {
      confirm: async question => asked.push(question) > 0,
    },
  )
  expect(asked).toMatchObject([{expire: 4, archive: 0, changes: {create: 2, change: 1, remove: 0}}])
  expect(toldOf(run)).toEqual([`applied ${verbs.mutability}`, `applied ${verbs.app}`, `applied ${verbs.web}`])
  expect(run.items.map(({images}) => images)).toEqual([0, 2, 2])
  expect(run.exitCode).toBe(0)
  world.clearRequests()
  expect(await apply(world, estate)).toMatchObject({exitCode: 0, items: []})
})

test('an image that something needs keeps everything from being changed, unless it is accepted', async () => {
  const {world, estate} = await openWithImages()
  const protect = [join(world.folder, 'in-use.txt')]
  const names = ['v1', 'v2', 'v3'].map(tag => `${devId}.dkr.ecr.eu-west-1.amazonaws.com/app:${tag}\n`)
  await writeFile(protect[0] ?? '', names.join(''))
  const order = {limits, protect}
  const refused = await outcomeOf(apply(world, estate, order))
  expect(refused).toMatchObject({code: 'PROTECTED', exitCode: 7})
  expect(world.mutations()).toEqual([])
  const hints = refused instanceof Error ? refused.hints : []
  expect(hints).toHaveLength(2)
  const accept = hints.map(hint => hint.replace('--accept ', ''))
  expect(await apply(world, estate, {...order, accept})).toMatchObject({exitCode: 0})
})

test('what was protected when the plan was made is protected when it is applied', async () => {
  const {world, estate} = await openWithImages()
  const protect = [join(world.folder, 'in-use.txt')]
  const names = ['v1', 'v2', 'v3'].map(tag => `${devId}.dkr.ecr.eu-west-1.amazonaws.com/app:${tag}\n`)
  await writeFile(protect[0] ?? '', names.join(''))
  const plan = await savedPlan(world, estate, {protect})
  expect(await outcomeOf(apply(world, estate, {plan, limits}))).toMatchObject({
    code: 'PROTECTED',
    exitCode: 7,
  })
  expect(world.mutations()).toEqual([])
})

test('a repository whose images or policy are not those of the plan keeps its policy; the others go on', async () => {
  const {world, estate} = await openWithImages()
  const plan = await savedPlan(world, estate)
  const lifecyclePolicyText = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9},
        action: {type: 'expire'},
      },
    ],
  })
  await world.ecr().send(new PutLifecyclePolicyCommand({repositoryName: 'app', lifecyclePolicyText}))
  // Another one goes now than the plan says.
  await world.sandbox.seed({repositories: [{...at, name: 'web', images: [{tag: 'v4'}, {tag: 'v5'}]}]})
  const run = await apply(world, estate, {plan, limits})
  expect(toldOf(run)).toEqual([`applied ${verbs.mutability}`, `refused ${verbs.app}`, `refused ${verbs.web}`])
  expect(run.exitCode).toBe(4)
  const errors = run.items.map(({error}) => error?.code ?? null)
  expect(errors).toEqual([null, 'PLAN_STALE', 'PLAN_STALE'])
  expect(run.items[1]?.error?.message).toMatch(
    /is stale: \S+\/app: its lifecycle policy is not what it was\. The policy was left\. Make a new plan\.$/,
  )
})

test('a repository that was empty when the plan was made and holds images now keeps its policy', async () => {
  const world = await openReposWorld()
  await world.sandbox.seed({repositories: ['app', 'web'].map(name => ({...at, name}))})
  const estate = world.estateOf(file)
  const plan = await savedPlan(world, estate)
  await world.sandbox.seed({repositories: [{...at, name: 'web', images: [{tag: 'v1'}, {tag: 'v2'}]}]})
  const run = await apply(world, estate, {plan, limits})
  expect(toldOf(run)).toEqual([`applied ${verbs.mutability}`, `applied ${verbs.app}`, `refused ${verbs.web}`])
  expect(run.items.at(-1)?.error).toMatchObject({code: 'PLAN_STALE', exitCode: 7})
})

test('a new repository gets its policy at once; one that somebody else made like that, and pushed to, does not', async () => {
  const world = await openReposWorld()
  const rule =
    '{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 1}, action: {type: expire}}'
  const names = ['mine', 'theirs']
  const lines = names.map(name => `  ${name}: {in: [dev], lifecycle: {rules: [${rule}]}}\n`)
  const estate = world.estateOf(`repositories:\n${lines.join('')}`)
  const plan = await savedPlan(world, estate)
  await world.sandbox.seed({repositories: [{...at, name: 'theirs', images: [{tag: 'v1'}, {tag: 'v2'}]}]})
  const run = await apply(world, estate, {plan, limits})
  expect(toldOf(run)).toEqual([
    'applied create-repository dev@eu-west-1/mine',
    'unchanged create-repository dev@eu-west-1/theirs',
    'applied create-lifecycle dev@eu-west-1/mine',
    'refused create-lifecycle dev@eu-west-1/theirs',
  ])
})
