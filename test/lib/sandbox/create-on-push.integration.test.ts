import {
  CreateRepositoryCreationTemplateCommand,
  DescribeRepositoriesCommand,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {
  dev,
  devHost,
  ecrClient,
  manifestType,
  openSandbox,
  prod,
  type RegistryClient,
  registryClient,
  sha256,
  smallImage,
} from './support.ts'

async function open() {
  const sandbox = await openSandbox()
  return {sandbox, ecr: ecrClient(sandbox), registry: await registryClient(sandbox)}
}

const template = (prefix: string, immutable = false) =>
  new CreateRepositoryCreationTemplateCommand({
    prefix,
    appliedFor: ['CREATE_ON_PUSH'],
    imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
  })

async function push(registry: RegistryClient, name: string): Promise<number> {
  const {layer, config, manifest} = smallImage()
  for (const blob of [layer, config]) {
    const {status, headers} = await registry('POST', `/v2/${name}/blobs/uploads/`)
    if (status !== 202) return status
    const {pathname} = new URL(headers.location ?? '', 'http://registry')
    await registry('PUT', `${pathname}?digest=${sha256(blob)}`, {body: blob})
  }
  const headers = {'content-type': manifestType}
  return (await registry('PUT', `/v2/${name}/manifests/v1`, {headers, body: manifest})).status
}

test('without a template a push to a repository that is not there is refused', async () => {
  const {ecr, registry} = await open()
  await ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'team', appliedFor: ['REPLICATION']}))
  expect(await push(registry, 'team/app')).toBe(404)
  const {repositories} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toEqual([])
})

test('the first push makes the repository as its template says; a pull makes none', async () => {
  const {ecr, registry} = await open()
  await ecr.send(template('ROOT'))
  await ecr.send(template('team', true))
  expect((await registry('GET', '/v2/team/app/manifests/v1')).status).toBe(404)
  expect((await registry('HEAD', `/v2/team/app/blobs/${sha256('layer')}`)).status).toBe(404)
  expect(await push(registry, 'team/app')).toBe(201)
  expect(await push(registry, 'teams')).toBe(201)
  const {repositories = []} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(
    repositories.map(({repositoryName, imageTagMutability}) => [repositoryName, imageTagMutability]),
  ).toEqual([
    ['team/app', 'IMMUTABLE'],
    ['teams', 'MUTABLE'],
  ])
})

test('another account makes a repository by a push only where the registry policy lets it', async () => {
  const {sandbox, ecr} = await open()
  await ecr.send(template('ROOT'))
  const theirs = await registryClient(sandbox, prod, devHost)
  const allow = (...Action: string[]) => {
    const Principal = {AWS: `arn:aws:iam::${prod}:root`}
    const Statement = [{Sid: 'push', Effect: 'Allow', Principal, Action, Resource: '*'}]
    return ecr.send(
      new PutRegistryPolicyCommand({policyText: JSON.stringify({Version: '2012-10-17', Statement})}),
    )
  }
  expect(await push(theirs, 'app')).toBe(403)
  const pushing = [
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
    'ecr:PutImage',
  ]
  await allow(...pushing)
  expect(await push(theirs, 'app')).toBe(403)
  await allow('ecr:CreateRepository')
  expect(await push(theirs, 'app')).toBe(403)
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
  await allow(...pushing, 'ecr:CreateRepository')
  expect(await push(theirs, 'app')).toBe(201)
  const {repositories} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toMatchObject([{registryId: dev, repositoryName: 'app'}])
})

test('a template that needs a role and has none refuses the push', async () => {
  const {ecr, registry} = await open()
  await ecr.send(
    new CreateRepositoryCreationTemplateCommand({
      prefix: 'ROOT',
      appliedFor: ['CREATE_ON_PUSH'],
      resourceTags: [{Key: 'team', Value: 'blue'}],
    }),
  )
  expect(await push(registry, 'app')).toBe(403)
})
