import {CreateRepositoryCommand, DescribeRepositoriesCommand} from '@aws-sdk/client-ecr'
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'
import {describe, expect, test} from 'vitest'
import type {Fault, FaultKind} from '../../../src/lib/sandbox/index.ts'
import {
  clientOptions,
  ecrClient,
  http,
  openSandbox,
  putSmallImage,
  registryClient,
  sha256,
} from './support.ts'

async function hindered(...faults: Fault[]) {
  const sandbox = await openSandbox()
  const client = ecrClient(sandbox)
  const image = await putSmallImage(client, 'app', 'v1')
  const send = await registryClient(sandbox)
  sandbox.setFaults(faults)
  const create = (repositoryName: string) => client.send(new CreateRepositoryCommand({repositoryName}))
  const names = async () => {
    sandbox.setFaults([])
    const {repositories} = await client.send(new DescribeRepositoriesCommand({}))
    return repositories?.map(({repositoryName}) => repositoryName)
  }
  return {sandbox, client, send, image, create, names}
}

describe('which requests', () => {
  test('the n-th and those after it', async () => {
    const {send} = await hindered({kind: '503', at: 2, times: 2})
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await send('GET', '/v2/')).status)
    expect(statuses).toEqual([200, 503, 503, 200, 200])
  })

  test('only those of one operation, counted by themselves', async () => {
    const {send} = await hindered({kind: '503', operation: 'manifest.head', at: 2})
    const statuses: number[] = []
    for (const path of ['manifests/v1', 'manifests/v1', 'manifests/v1']) {
      statuses.push((await send('GET', '/v2/')).status, (await send('HEAD', `/v2/app/${path}`)).status)
    }
    expect(statuses).toEqual([200, 200, 200, 503, 200, 200])
  })
})

describe('broken connections', () => {
  test('reset-before changes nothing', async () => {
    const {create, names} = await hindered({kind: 'reset-before'})
    await expect(create('other')).rejects.toMatchObject({code: 'ECONNRESET'})
    expect(await names()).toEqual(['app'])
  })

  test('reset-after changes what was asked for, and does not say so', async () => {
    const {create, names} = await hindered({kind: 'reset-after'})
    await expect(create('other')).rejects.toMatchObject({code: 'ECONNRESET'})
    expect(await names()).toEqual(['app', 'other'])
  })

  test('cut sends half of the body', async () => {
    const {send} = await hindered({kind: 'cut', operation: 'manifest.get'})
    await expect(send('GET', '/v2/app/manifests/v1')).rejects.toMatchObject({code: 'ECONNRESET'})
    expect((await send('GET', '/v2/app/manifests/v1')).status).toBe(200)
  })

  test('cut sends half of a download, whose rest can be had by Range', async () => {
    const {send, image} = await hindered({kind: 'cut', operation: 'layer.download'})
    const {headers} = await send('GET', `/v2/app/blobs/${sha256(image.layer)}`)
    const link = headers.location ?? ''
    await expect(http(link)).rejects.toMatchObject({code: 'ECONNRESET'})
    const half = image.layer.length / 2
    const rest = await http(link, {headers: {range: `bytes=${half}-`}})
    expect(rest.text).toBe(image.layer.slice(half))
  })

  test('hang never answers', async () => {
    const {client, names} = await hindered({kind: 'hang'})
    const abortSignal = AbortSignal.timeout(200)
    await expect(
      client.send(new CreateRepositoryCommand({repositoryName: 'other'}), {abortSignal}),
    ).rejects.toMatchObject({name: 'AbortError'})
    expect(await names()).toEqual(['app'])
  })
})

describe('trouble, in the words of each plane', () => {
  test.each([
    ['500', 'ServerException', 500],
    ['503', 'ServiceUnavailable', 503],
    ['429', 'TooManyRequestsException', 429],
    ['throttling', 'ThrottlingException', 400],
    ['expired-token', 'ExpiredTokenException', 400],
  ] as const)('%s is %s of the API', async (kind, name, httpStatusCode) => {
    const {create, names} = await hindered({kind})
    await expect(create('other')).rejects.toMatchObject({name, $metadata: {httpStatusCode}})
    expect(await names()).toEqual(['app'])
  })

  test.each([
    ['500', 'UNKNOWN', 500],
    ['503', 'UNAVAILABLE', 503],
    ['429', 'TOOMANYREQUESTS', 429],
    ['throttling', 'TOOMANYREQUESTS', 429],
    ['expired-token', 'DENIED', 403],
  ] as const)('%s is %s of a registry', async (kind, code, status) => {
    const {send} = await hindered({kind})
    const answer = await send('GET', '/v2/app/manifests/v1')
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toEqual({errors: [{code, message: expect.any(String)}]})
  })

  test.each([
    ['500', 'InternalFailure', 500],
    ['throttling', 'Throttling', 400],
    ['expired-token', 'ExpiredToken', 403],
  ] as const)('%s is %s of STS', async (kind, name, httpStatusCode) => {
    const {sandbox} = await hindered({kind})
    const sts = new STSClient(clientOptions(sandbox))
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: expect.stringContaining(name),
      $metadata: {httpStatusCode},
    })
  })

  test.each([
    ['500', 'InternalError', 500],
    ['throttling', 'SlowDown', 503],
    ['expired-token', 'AccessDenied', 403],
  ] satisfies [FaultKind, string, number][])('%s is %s of a download', async (kind, code, status) => {
    const {send, image} = await hindered({kind, operation: 'layer.download'})
    const {headers} = await send('GET', `/v2/app/blobs/${sha256(image.layer)}`)
    const answer = await http(headers.location ?? '')
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(`<Code>${code}</Code>`)
  })
})
