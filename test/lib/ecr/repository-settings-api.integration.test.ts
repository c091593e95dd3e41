import {expect, test} from 'vitest'
import type {EcrApi} from '../../../src/lib/ecr/api.ts'
import {ecrClient, openSandbox, putSmallImage} from '../sandbox/support.ts'
import {apiAt, json, registry, sessionFor, startStub} from './stub.ts'

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{Sid: 'Pull', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}],
})

async function sandboxApi(): Promise<EcrApi> {
  const sandbox = await openSandbox()
  await putSmallImage(ecrClient(sandbox, registry.account), 'team/app', 'v1')
  return apiAt(sandbox.url, {session: sessionFor(registry.account, registry.account)}).api
}

async function describedBy({registry}: EcrApi) {
  return (await registry.describeRepositories(['team/app']))[0]
}

test('a policy is set, got back and deleted; that there is none is an answer, that there is no repository is not', async () => {
  const {repositories} = await sandboxApi()
  expect(await repositories.getRepositoryPolicy('team/app')).toBeNull()
  expect(JSON.parse(await repositories.setRepositoryPolicy('team/app', policy))).toEqual(JSON.parse(policy))
  expect(JSON.parse((await repositories.getRepositoryPolicy('team/app')) ?? '')).toEqual(JSON.parse(policy))
  await repositories.deleteRepositoryPolicy('team/app')
  await repositories.deleteRepositoryPolicy('team/app')
  expect(await repositories.getRepositoryPolicy('team/app')).toBeNull()
  const missing = {code: 'REPOSITORY_NOT_FOUND'}
  await expect(repositories.getRepositoryPolicy('nothing')).rejects.toMatchObject(missing)
  await expect(repositories.deleteRepositoryPolicy('nothing')).rejects.toMatchObject(missing)
})

test('tags are set besides others, and taken away', async () => {
  const {repositories} = await sandboxApi()
  expect(await repositories.tags('team/app')).toEqual({})
  await repositories.tagRepository('team/app', {team: 'payments', tier: '1'})
  await repositories.tagRepository('team/app', {tier: '2', empty: ''})
  expect(await repositories.tags('team/app')).toEqual({team: 'payments', tier: '2', empty: ''})
  await repositories.untagRepository('team/app', ['team', 'unknown'])
  expect(await repositories.tags('team/app')).toEqual({tier: '2', empty: ''})
  await expect(repositories.tags('nothing')).rejects.toMatchObject({code: 'REPOSITORY_NOT_FOUND'})
})

test('tags are asked for by the ARN of the repository', async () => {
  const {url, seen} = await startStub(response => json(response, {tags: []}))
  await apiAt(url).api.repositories.tags('team/app')
  expect(seen.map(({body}) => JSON.parse(body) as object)).toEqual([
    {resourceArn: `arn:aws:ecr:eu-west-1:${registry.account}:repository/team/app`},
  ])
})

test('a tag without value, or none at all, is not taken for none', async () => {
  for (const [answer, field] of [
    [{}, 'tags'],
    [{tags: [{Key: 'team'}]}, 'tags.Value'],
    [{tags: [{Value: 'payments'}]}, 'tags.Key'],
  ] as const) {
    const {url} = await startStub(response => json(response, answer))
    await expect(apiAt(url).api.repositories.tags('app')).rejects.toMatchObject({
      code: 'MISSING_FIELD',
      message: expect.stringContaining(`The answer from ECR ListTagsForResource had no "${field}"`),
    })
  }
})

test('mutability and scans on push are put', async () => {
  const api = await sandboxApi()
  await api.repositories.putTagMutability('team/app', 'IMMUTABLE_WITH_EXCLUSION', ['dev-*'])
  await api.repositories.putScanOnPush('team/app', true)
  expect(await describedBy(api)).toMatchObject({
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{filter: 'dev-*', filterType: 'WILDCARD'}],
    imageScanningConfiguration: {scanOnPush: true},
  })
  await api.repositories.putTagMutability('team/app', 'MUTABLE', [])
  await api.repositories.putScanOnPush('team/app', false)
  expect(await describedBy(api)).toMatchObject({
    imageTagMutability: 'MUTABLE',
    imageScanningConfiguration: {scanOnPush: false},
  })
})

test('a repository that holds images goes only by force; one that is gone is no error', async () => {
  const {registry, repositories} = await sandboxApi()
  await expect(repositories.deleteRepository('team/app', {force: false})).rejects.toMatchObject({
    code: 'REPOSITORY_NOT_EMPTY',
  })
  await repositories.deleteRepository('team/app', {force: true})
  await expect(registry.describeRepositories(['team/app'])).rejects.toMatchObject({
    code: 'REPOSITORY_NOT_FOUND',
  })
  await repositories.deleteRepository('team/app', {force: false})
})

test('force is said only where it is meant', async () => {
  const {url, seen} = await startStub(response => json(response, {policyText: policy, repository: {}}))
  const {repositories} = apiAt(url).api
  await repositories.deleteRepository('app', {force: false})
  await repositories.deleteRepository('app', {force: true})
  await repositories.setRepositoryPolicy('app', policy)
  await repositories.setRepositoryPolicy('app', policy, true)
  const forces = seen.map(({body}) => (JSON.parse(body) as {force?: boolean}).force)
  expect(forces).toEqual([undefined, true, undefined, true])
})
