import {
  BatchGetImageCommand,
  DeregisterPullTimeUpdateExclusionCommand,
  DescribeImagesCommand,
  type ECRClient,
  ListPullTimeUpdateExclusionsCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {roleSession} from './sts-support.ts'
import {dev, ecrClient, openSandbox, putSmallImage, type RegistryClient, registryClient} from './support.ts'

const start = 1_700_000_000_000
const role = `arn:aws:iam::${dev}:role/scanner`

function assume(sandbox: Sandbox, roleName: string) {
  return roleSession(sandbox, {RoleArn: `arn:aws:iam::${dev}:role/${roleName}`})
}

function register(client: ECRClient, principalArn: string) {
  return client.send(new RegisterPullTimeUpdateExclusionCommand({principalArn}))
}

async function pulledAt(client: ECRClient) {
  const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName: 'app'}))
  return imageDetails?.[0]?.lastRecordedPullTime
}

test('are registered, listed page by page, and given up', async () => {
  const sandbox = await openSandbox()
  await sandbox.setClock(start)
  const client = ecrClient(sandbox)
  const user = `arn:aws:iam::${dev}:user/ops/auditor`
  expect(await register(client, user)).toMatchObject({principalArn: user, createdAt: new Date(start)})
  await register(client, role)
  const first = await client.send(new ListPullTimeUpdateExclusionsCommand({maxResults: 1}))
  expect(first.pullTimeUpdateExclusions).toEqual([role])
  const {nextToken} = first
  const second = await client.send(new ListPullTimeUpdateExclusionsCommand({maxResults: 1, nextToken}))
  expect(second.pullTimeUpdateExclusions).toEqual([user])
  expect(second.nextToken).toBeUndefined()
  const given = new DeregisterPullTimeUpdateExclusionCommand({principalArn: user})
  expect(await client.send(given)).toMatchObject({principalArn: user})
  const rest = await client.send(new ListPullTimeUpdateExclusionsCommand({}))
  expect(rest.pullTimeUpdateExclusions).toEqual([role])
})

test('exist once, can only be given up while they exist, and are at most a hundred', async () => {
  const client = ecrClient(await openSandbox())
  await register(client, role)
  await expect(register(client, role)).rejects.toMatchObject({name: 'ExclusionAlreadyExistsException'})
  await expect(
    client.send(new DeregisterPullTimeUpdateExclusionCommand({principalArn: `${role}s`})),
  ).rejects.toMatchObject({name: 'ExclusionNotFoundException'})
  for (let n = 1; n < 100; n++) await register(client, `${role}-${n}`)
  await expect(register(client, `${role}-100`)).rejects.toMatchObject({name: 'LimitExceededException'})
})

test.each([
  'arn:aws:iam::111111111111:group/ops',
  'arn:aws:sts::111111111111:assumed-role/scanner/x',
  role + '/',
])('are not for %s', async principalArn => {
  await expect(register(ecrClient(await openSandbox()), principalArn)).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
})

test('keep the pulls of a role out of the time of the last pull, and nobody else', async () => {
  const sandbox = await openSandbox()
  await sandbox.setClock(start)
  const client = ecrClient(sandbox)
  const {digest} = await putSmallImage(client, 'app', 'v1')
  await register(client, role)
  const pullByApi = async (by: ECRClient) => {
    await by.send(new BatchGetImageCommand({repositoryName: 'app', imageIds: [{imageTag: 'v1'}]}))
  }
  const pull = async (by: RegistryClient) => {
    const {status} = await by('GET', `/v2/app/manifests/${digest}`)
    expect(status).toBe(200)
  }
  const scanner = await assume(sandbox, 'scanner')
  await pullByApi(ecrClient(sandbox, scanner))
  await pull(await registryClient(sandbox, scanner))
  expect(await pulledAt(client)).toBeUndefined()
  await pull(await registryClient(sandbox, await assume(sandbox, 'deployer')))
  expect(await pulledAt(client)).toEqual(new Date(start))
})
