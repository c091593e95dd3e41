import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {BatchDeleteImageCommand, CreateRepositoryCommand, DeleteRepositoryCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {ReposDeletion} from '../../../src/lib/repos/apply-model.ts'
import {defaultReposLimits} from '../../../src/lib/repos/apply-model.ts'
import {devId, openReposWorld, type ReposSandbox} from '../../support/repos-world.ts'
import {apply, outcomeOf, savedPlan, toldOf} from './apply-support.ts'

const at = {account: devId, region: 'eu-west-1'}

async function openWith(...names: readonly string[]): Promise<ReposSandbox> {
  const world = await openReposWorld()
  const images = [{tag: 'v1'}, {tag: 'v2'}]
  await world.sandbox.seed({repositories: names.map(name => ({...at, name, images}))})
  world.clearRequests()
  return world
}

const namesIn = async (world: ReposSandbox) => {
  const open = await world.open(world.estateOf(), ['dev/**'])
  return open.repositories.map(({name}) => name)
}

const gone = `
repositories:
  legacy: {state: absent, images: delete}
  kept: {state: absent}
  empty: {state: absent}
`

test('a repository with images stays unless the file and who applies it say so; empty ones go', async () => {
  const world = await openWith('legacy', 'kept')
  await world.sandbox.seed({repositories: [{...at, name: 'empty'}]})
  const estate = world.estateOf(gone)
  const run = await apply(world, estate)
  expect(toldOf(run)).toEqual([
    'applied delete-repository dev@eu-west-1/empty',
    'blocked delete-repository dev@eu-west-1/legacy',
    'blocked delete-repository dev@eu-west-1/kept',
  ])
  expect(run.exitCode).toBe(4)
  expect(run.items.flatMap(({error}) => error?.message ?? [])).toEqual([
    expect.stringMatching(
      /^dev@eu-west-1\/legacy holds 2 images, .* Give --delete-images if they should be\.$/,
    ),
    expect.stringMatching(/^It holds 2 images: .*images: delete.*--delete-images/),
  ])
  expect(await namesIn(world)).toEqual(['kept', 'legacy'])
})

test('told twice, it goes with its images, after its name was asked for; the other one stays', async () => {
  const world = await openWith('legacy', 'kept')
  const asked: ReposDeletion[] = []
  const confirmDeletion = async (deletion: ReposDeletion) => asked.push(deletion) > 1
  const estate = world.estateOf(gone)
  expect(await apply(world, estate, {deleteImages: true}, {confirmDeletion})).toMatchObject({record: null})
  expect(await namesIn(world)).toEqual(['kept', 'legacy'])
  expect(asked).toEqual([{repositories: ['dev@eu-west-1/legacy'], images: 2}])
  const run = await apply(world, estate, {deleteImages: true}, {confirmDeletion})
  expect(run.items).toMatchObject([{outcome: 'applied', images: 2}, {outcome: 'blocked'}])
  expect(await namesIn(world)).toEqual(['kept'])
})

test.each([
  [
    'one more',
    async ({sandbox}: ReposSandbox) => {
      await sandbox.seed({repositories: [{...at, name: 'legacy', images: [{tag: 'v3'}]}]})
    },
  ],
  [
    'one less',
    async ({ecr}: ReposSandbox) => {
      await ecr().send(new BatchDeleteImageCommand({repositoryName: 'legacy', imageIds: [{imageTag: 'v2'}]}))
    },
  ],
])('images that are not those of the plan are never deleted: %s', async (_, change) => {
  const world = await openWith('legacy')
  const estate = world.estateOf(gone)
  const file = await savedPlan(world, estate)
  await change(world)
  const run = await apply(world, estate, {plan: file, deleteImages: true})
  expect(run).toMatchObject({exitCode: 7, items: [{outcome: 'refused', error: {code: 'PLAN_STALE'}}]})
  expect(await namesIn(world)).toEqual(['legacy'])
})

test('a plan that is older than the file deletes nothing that the file does not give up any more', async () => {
  const world = await openWith('legacy')
  const file = await savedPlan(world, world.estateOf(gone))
  for (const said of [
    '',
    'repositories: {legacy: {tagMutability: MUTABLE}}',
    'repositories: {legacy: {state: absent}}',
    'repositories: {legacy: {state: absent, images: delete, in: [prod]}}',
  ]) {
    const run = await apply(world, world.estateOf(said), {plan: file, deleteImages: true})
    expect(toldOf(run), said).toEqual(['refused delete-repository dev@eu-west-1/legacy'])
    expect(run.items[0]?.error).toMatchObject({code: 'PLAN_STALE', exitCode: 7})
  }
  expect(world.mutations()).toEqual([])
  expect(await namesIn(world)).toEqual(['legacy'])
})

test('a repository that somebody made anew is not the one of the plan, though it holds the same', async () => {
  const world = await openReposWorld()
  await world.sandbox.seed({repositories: [{...at, name: 'empty'}]})
  const estate = world.estateOf(gone)
  const plan = await savedPlan(world, estate)
  await world.ecr().send(new DeleteRepositoryCommand({repositoryName: 'empty'}))
  await world.sandbox.advanceClock(3_600_000)
  await world.ecr().send(new CreateRepositoryCommand({repositoryName: 'empty'}))
  const run = await apply(world, estate, {plan})
  expect(run.items).toMatchObject([{outcome: 'refused', error: {code: 'PLAN_STALE'}}])
  expect(await namesIn(world)).toEqual(['empty'])
})

test('an image that something needs keeps its repository, and all else from being changed, unless it is accepted', async () => {
  const world = await openWith('legacy')
  const protect = join(world.folder, 'in-use.txt')
  await writeFile(protect, `${devId}.dkr.ecr.eu-west-1.amazonaws.com/legacy:v2\n`)
  const estate = world.estateOf(`${gone}  fresh: {in: [dev]}\n`)
  const order = {deleteImages: true, protect: [protect]}
  expect(await outcomeOf(apply(world, estate, order))).toMatchObject({code: 'PROTECTED', exitCode: 7})
  expect(world.mutations()).toEqual([])
  expect(await outcomeOf(apply(world, estate, {...order, accept: ['legacy:v2']}))).toMatchObject({
    exitCode: 0,
  })
  expect(await namesIn(world)).toEqual(['fresh'])
})

test('more repositories, or more images in them, than a limit lets go: nothing is done', async () => {
  const names = ['one', 'two', 'three', 'four']
  const world = await openWith(...names)
  const lines = names.map(name => `  ${name}: {state: absent, images: delete}\n`)
  const estate = world.estateOf(`repositories:\n${lines.join('')}`)
  const order = {deleteImages: true}
  const many = await outcomeOf(apply(world, estate, order))
  expect(many).toMatchObject({code: 'TOO_MANY_DELETIONS', exitCode: 7})
  expect(many).toMatchObject({message: expect.stringContaining('give --max-deletes 4')})
  const limits = {...defaultReposLimits, maxDeletes: 4}
  const images = await outcomeOf(apply(world, estate, {...order, limits: {...limits, maxImages: 7}}))
  expect(images).toMatchObject({code: 'TOO_MANY_IMAGES', exitCode: 7})
  expect(world.mutations()).toEqual([])
  // What is blocked counts for nothing.
  expect(await outcomeOf(apply(world, estate))).toMatchObject({exitCode: 7, record: null})
  expect(await apply(world, estate, {...order, limits})).toMatchObject({exitCode: 0})
  expect(await namesIn(world)).toEqual([])
})
