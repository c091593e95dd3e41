import {CreateRepositoryCommand, DeleteRepositoryCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {publishedQuotas} from '../../../src/lib/sandbox/state/quotas.ts'
import {ecrClient, http, openSandbox, prod, putSmallImage, registryClient} from './support.ts'

const exceeded = {name: 'LimitExceededException'}

test('an account has so many repositories in a region, and room again when one is deleted', async () => {
  const sandbox = await openSandbox({quotas: {repositories: 1}})
  const client = ecrClient(sandbox)
  const create = (repositoryName: string) => client.send(new CreateRepositoryCommand({repositoryName}))
  await create('aa')
  await expect(create('bb')).rejects.toMatchObject(exceeded)
  await expect(
    ecrClient(sandbox, prod).send(new CreateRepositoryCommand({repositoryName: 'bb'})),
  ).resolves.toBeDefined()
  await client.send(new DeleteRepositoryCommand({repositoryName: 'aa'}))
  await expect(create('bb')).resolves.toBeDefined()
})

test('a repository has so many images', async () => {
  const client = ecrClient(await openSandbox({quotas: {imagesPerRepository: 1}}))
  await putSmallImage(client, 'app', 'v1')
  await expect(putSmallImage(client, 'app', 'v2', 'other')).rejects.toMatchObject(exceeded)
  await expect(putSmallImage(client, 'app', 'v2')).resolves.toBeDefined()
})

test('an image has so many tags', async () => {
  const sandbox = await openSandbox({quotas: {tagsPerImage: 2}})
  const client = ecrClient(sandbox)
  await putSmallImage(client, 'app', 'v1')
  const {manifest} = await putSmallImage(client, 'app', 'v2')
  await expect(putSmallImage(client, 'app', 'v3')).rejects.toMatchObject(exceeded)
  const registry = await registryClient(sandbox)
  const {status} = await registry('PUT', '/v2/app/manifests/v3', {body: manifest})
  expect(status).not.toBe(201)
})

test('quotas are read, set and reset over the wire', async () => {
  const sandbox = await openSandbox({quotas: {repositories: 7}})
  const quotas = async (method: string, body?: object) => {
    const sent = {method, ...(body === undefined ? {} : {body: JSON.stringify(body)})}
    const answer = await http(`${sandbox.url}/_sandbox/quotas`, sent)
    return {status: answer.status, body: JSON.parse(answer.text) as unknown}
  }
  expect((await quotas('GET')).body).toEqual({quotas: {...publishedQuotas, repositories: 7}})
  await quotas('PUT', {tagsPerImage: 3})
  expect(sandbox.quotas).toEqual({...publishedQuotas, tagsPerImage: 3})
  expect(await quotas('PUT', {tags: 3})).toEqual({
    status: 400,
    body: {code: 'INVALID_QUOTAS', message: 'Sandbox quotas: has the unknown key "tags".'},
  })
  await quotas('DELETE')
  expect(sandbox.quotas).toEqual(publishedQuotas)
  await sandbox.reset()
  expect(sandbox.quotas).toEqual({...publishedQuotas, repositories: 7})
})

test('wrong quotas and durations keep a sandbox from starting', async () => {
  await expect(openSandbox({quotas: {repositories: -1}})).rejects.toMatchObject({
    code: 'INVALID_QUOTAS',
    message: 'Sandbox quotas: repositories must be a whole number from 0.',
  })
  await expect(openSandbox({durations: {scan: 0.5}})).rejects.toMatchObject({code: 'INVALID_DURATIONS'})
})
