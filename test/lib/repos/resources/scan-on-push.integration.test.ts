import {CreateRepositoryCommand, DescribeRepositoriesCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {scanOnPush} from '../../../../src/lib/repos/resources/scan-on-push.ts'
import {bring, openReposWorld, repositoryAt} from '../../../support/repos-world.ts'

test('scan on push is switched, found different, and left alone where it is right', async () => {
  const world = await openReposWorld()
  const ecr = world.ecr()
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const place = repositoryAt(await world.at('dev@eu-west-1'), 'app')
  const {lines, notes} = await bring(world, scanOnPush, place, true)
  expect(lines).toEqual([{sign: '~', path: '', before: false, after: true}])
  expect(notes.join()).toContain('deprecated')
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories[0]?.imageScanningConfiguration).toEqual({scanOnPush: true})
  world.clearRequests()
  expect(await bring(world, scanOnPush, place, true)).toMatchObject({lines: [], notes: []})
  expect(world.mutations()).toEqual([])
  expect((await bring(world, scanOnPush, place, false)).lines).toHaveLength(1)
})

test('a repository that is not there has none', async () => {
  const world = await openReposWorld()
  const place = repositoryAt(await world.at('dev@eu-west-1'), 'nowhere')
  expect(await scanOnPush.read(place)).toEqual(new Map())
})
