import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import type {RepositorySettings} from '../../../src/lib/config/settings.ts'
import type {PlannedChange} from '../../../src/lib/repos/model.ts'
import {reposMutations} from '../../../src/lib/repos/mutations.ts'
import {repositoryCreation, repositoryRemoval} from '../../../src/lib/repos/repository.ts'
import {applyRepository, lookAtRepository} from '../../../src/lib/repos/repository-writes.ts'
import {devId, openReposWorld, repositoryAt} from '../../support/repos-world.ts'
import {putSmallImage} from '../sandbox/support.ts'

async function open() {
  const world = await openReposWorld()
  const place = repositoryAt(await world.at('dev@eu-west-1'), 'app')
  const meant = (settings: RepositorySettings) => ({
    registry: place.at.registry,
    repository: 'app',
    settings,
    source: null,
  })
  return {
    world,
    place,
    ecr: world.ecr(),
    creation: (settings: RepositorySettings) => repositoryCreation(meant(settings)),
    removal: (settings: RepositorySettings = {state: 'absent'}) => repositoryRemoval(place, meant(settings)),
    apply: (change: PlannedChange, deleteImages = false) => {
      const {before, after} = change
      const look = () => lookAtRepository(place, change, emptyEstate)
      const mutations = reposMutations(world.mutate, {subject: 'app', before, after, look})
      return applyRepository(mutations, place, change, {deleteImages})
    },
  }
}

const settings: RepositorySettings = {
  in: ['dev'],
  encryption: {type: 'KMS', key: 'alias/ecr'},
  tagMutability: {mode: 'IMMUTABLE_WITH_EXCLUSION', except: ['latest', 'dev-*']},
  scanOnPush: true,
  tags: {team: 'payments', old: null},
}

test('a repository is made with all that is said of it, in one request', async () => {
  const {world, ecr, creation, apply} = await open()
  const change = creation({...settings, encryption: {type: 'KMS'}})
  expect(change).toMatchObject({
    kind: 'create',
    resource: 'repository',
    before: null,
    after: {
      encryption: {type: 'KMS'},
      tagMutability: settings.tagMutability,
      scanOnPush: true,
      tags: {team: 'payments'},
    },
  })
  expect(change.lines.map(({sign, path}) => `${sign} ${path}`)).toEqual([
    '+ encryption',
    '+ tagMutability',
    '+ scanOnPush',
    '+ tags',
  ])
  await apply(change)
  expect(world.mutations()).toEqual(['CreateRepository'])
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toMatchObject([
    {
      repositoryName: 'app',
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'KMS'},
    },
  ])
  expect(repositories[0]?.imageTagMutabilityExclusionFilters).toHaveLength(2)
  const {tags} = await ecr.send(
    new ListTagsForResourceCommand({resourceArn: `arn:aws:ecr:eu-west-1:${devId}:repository/app`}),
  )
  expect(tags).toEqual([{Key: 'team', Value: 'payments'}])
})

test('what is not said is left to ECR', async () => {
  const {ecr, creation, apply} = await open()
  const change = creation({in: ['dev'], policy: null})
  expect(change.after).toEqual({})
  await apply(change)
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toMatchObject([{repositoryName: 'app', imageTagMutability: 'MUTABLE'}])
})

test('applied twice it is unneeded; a repository of another kind that came meanwhile is never taken over', async () => {
  const {world, ecr, creation, apply} = await open()
  const change = creation({tags: {team: 'payments'}, tagMutability: {mode: 'IMMUTABLE', except: []}})
  await apply(change)
  world.clearRequests()
  await apply(change)
  expect(world.mutations()).toEqual([])
  const other = creation({tagMutability: {mode: 'MUTABLE', except: []}})
  await expect(apply(other)).rejects.toMatchObject({code: 'PLAN_STALE', exitCode: 7})
  expect(world.mutations()).toEqual([])
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toMatchObject([{imageTagMutability: 'IMMUTABLE'}])
})

test('one that somebody makes in the moment of the request makes the change stale', async () => {
  const {ecr, place, creation} = await open()
  const change = creation({})
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const mutations = {
    createRepository: () => place.at.api.registry.createRepository('app'),
    deleteRepository: () => Promise.reject(new Error('nothing is to be deleted')),
  }
  await expect(applyRepository(mutations, place, change, {deleteImages: false})).rejects.toMatchObject({
    code: 'PLAN_STALE',
    message: expect.stringContaining('dev@eu-west-1/app: somebody else made it') as string,
  })
})

test('an empty repository with a tombstone goes, and one that is gone is nothing to do', async () => {
  const {world, ecr, removal, apply} = await open()
  expect(await removal()).toBeNull()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const change = await removal()
  if (change === null) throw new TypeError('there is one')
  expect(change).toMatchObject({kind: 'remove', before: {images: 0}, after: null, lines: [], remedy: null})
  await apply(change)
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
  world.clearRequests()
  await apply(change)
  expect(world.mutations()).toEqual([])
})

test('one that holds images is blocked, unless the file and the command line say that they go', async () => {
  const {world, ecr, removal, apply} = await open()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  await putSmallImage(ecr, 'app', 'one')
  await putSmallImage(ecr, 'app', 'two', 'other')
  const blocked = await removal()
  expect(blocked).toMatchObject({
    kind: 'blocked',
    before: {images: 2},
    remedy: expect.stringContaining('images: delete beside state: absent and give --delete-images') as string,
  })
  const change = await removal({state: 'absent', images: 'delete'})
  if (change === null) throw new TypeError('there is one')
  expect(change).toMatchObject({
    kind: 'remove',
    lines: [{sign: '-', path: 'images', before: 2}],
    risks: ['It holds 2 images: deleted with it for good.'],
  })
  world.clearRequests()
  await expect(apply(change)).rejects.toMatchObject({code: 'IMAGES_WOULD_GO', exitCode: 7})
  expect(world.mutations()).toEqual([])
  await apply(change, true)
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
})

test.each([
  ['an image', 'other'],
  ['a tag', undefined],
])(
  '%s that came after the plan keeps a repository, whatever was said of what was there',
  async (_, content) => {
    const {world, ecr, removal, apply} = await open()
    await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    await putSmallImage(ecr, 'app', 'one')
    const change = await removal({state: 'absent', images: 'delete'})
    if (change === null) throw new TypeError('there is one')
    await putSmallImage(ecr, 'app', 'two', content)
    world.clearRequests()
    await expect(apply(change, true)).rejects.toMatchObject({
      code: 'PLAN_STALE',
      message: expect.stringContaining('are not those of the plan') as string,
    })
    expect(world.mutations()).toEqual([])
  },
)

test('an image that comes in the moment of the deletion of an empty repository keeps it', async () => {
  const {ecr, place, removal} = await open()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const change = await removal()
  if (change === null) throw new TypeError('there is one')
  await putSmallImage(ecr, 'app', 'one')
  const {at} = place
  const mutations = {
    createRepository: () => Promise.reject(new Error('nothing is to be made')),
    deleteRepository: (_: unknown, force: boolean) => at.api.repositories.deleteRepository('app', {force}),
  }
  await expect(applyRepository(mutations, place, change, {deleteImages: true})).rejects.toMatchObject({
    code: 'REPOSITORY_NOT_EMPTY',
  })
})
