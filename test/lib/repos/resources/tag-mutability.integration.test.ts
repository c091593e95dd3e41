import {CreateRepositoryCommand, PutImageTagMutabilityCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {tagMutability} from '../../../../src/lib/repos/resources/tag-mutability.ts'
import {bring, openReposWorld, repositoryAt} from '../../../support/repos-world.ts'

test('mutability is changed with its exceptions, in whatever order ECR has them', async () => {
  const world = await openReposWorld()
  const ecr = world.ecr()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const place = repositoryAt(await world.at('dev@eu-west-1'), 'app')
  const setting = {mode: 'IMMUTABLE_WITH_EXCLUSION', except: ['latest', 'dev-*']} as const
  world.clearRequests()
  expect((await bring(world, tagMutability, place, setting)).lines).toEqual([
    {sign: '~', path: 'mode', before: 'MUTABLE', after: 'IMMUTABLE_WITH_EXCLUSION'},
    {sign: '~', path: 'except', before: [], after: ['dev-*', 'latest']},
  ])
  await ecr.send(
    new PutImageTagMutabilityCommand({
      repositoryName: 'app',
      imageTagMutability: setting.mode,
      imageTagMutabilityExclusionFilters: setting.except.map(filter => ({filter, filterType: 'WILDCARD'})),
    }),
  )
  world.clearRequests()
  expect((await bring(world, tagMutability, place, setting)).lines).toEqual([])
  expect(world.mutations()).toEqual([])
})
