import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'
import {GetCallerIdentityCommand} from '@aws-sdk/client-sts'
import {describe, expect, test} from 'vitest'
import type {Fault, FaultKind} from '../../../src/lib/sandbox/index.ts'
import {stsClient} from './sts-support.ts'
import {
  dev,
  ecrClient,
  http,
  openSandbox,
  prod,
  putSmallImage,
  region,
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

describe('which requests, by', () => {
  // Each request is met, or not, by one fault.
  const met = async (fault: Omit<Fault, 'kind'>) => {
    const {sandbox, client, send} = await hindered({...fault, kind: '503', times: 100})
    sandbox.clearRequests()
    await client.send(new DescribeImagesCommand({repositoryName: 'app'})).catch(() => undefined)
    await client.send(new ListImagesCommand({repositoryName: 'app', registryId: prod})).catch(() => undefined)
    await send('HEAD', '/v2/app/manifests/v1')
    await send('GET', '/v2/team/other/tags/list')
    await send('GET', '/v2/')
    return sandbox.requests.filter(({hindrance}) => hindrance === '503').map(({operation}) => operation)
  }

  test.each([
    [{}, ['DescribeImages', 'ListImages', 'manifest.head', 'tags.list', 'base.get']],
    [{plane: 'api'}, ['DescribeImages', 'ListImages']],
    [{plane: 'registry'}, ['manifest.head', 'tags.list', 'base.get']],
    [{account: prod}, ['ListImages']],
    [{region: 'us-east-1'}, []],
    [{repository: 'app'}, ['DescribeImages', 'ListImages', 'manifest.head']],
    [{repository: 'team/*'}, ['tags.list']],
    [{repository: '*'}, ['DescribeImages', 'ListImages', 'manifest.head', 'tags.list']],
    [{plane: 'api', account: dev, region, repository: 'a*'}, ['DescribeImages']],
  ] satisfies [Omit<Fault, 'kind'>, string[]][])('%j', async (fault, operations) => {
    expect(await met(fault)).toEqual(operations)
  })

  test('what each fault met is told', async () => {
    const {sandbox, send} = await hindered({kind: '500', at: 2}, {kind: '503', operation: 'manifest.head'})
    await send('GET', '/v2/')
    await send('GET', '/v2/')
    expect(sandbox.faults).toEqual([
      {kind: '500', at: 2, seen: 2},
      {kind: '503', operation: 'manifest.head', seen: 0},
    ])
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

  test('cut-request takes half of what is sent, and nothing comes of it', async () => {
    const {sandbox, send} = await hindered({kind: 'cut-request', operation: 'upload.put'})
    const content = 'x'.repeat(1_000_000)
    const {headers} = await send('POST', '/v2/app/blobs/uploads/')
    const put = `${headers.location}?digest=${sha256(content)}`
    await expect(send('PUT', put, {body: content})).rejects.toMatchObject({
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
    })
    expect(sandbox.requests.at(-1)).toMatchObject({hindrance: 'cut-request'})
    expect((await send('HEAD', `/v2/app/blobs/${sha256(content)}`)).status).toBe(404)
    expect((await send('PUT', put, {body: content})).status).toBe(201)
  })

  test('cut-request breaks what has no body too', async () => {
    const {send} = await hindered({kind: 'cut-request', operation: 'manifest.get'})
    await expect(send('GET', '/v2/app/manifests/v1')).rejects.toMatchObject({code: 'ECONNRESET'})
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

describe('slow', () => {
  test('answers later, when the request has taken effect', async () => {
    const {sandbox, client, create} = await hindered({
      kind: 'slow',
      delayMs: 300,
      operation: 'CreateRepository',
    })
    const started = performance.now()
    const created = create('other')
    const named = async () => (await client.send(new DescribeRepositoriesCommand({}))).repositories?.length
    await expect.poll(named).toBe(2)
    expect(sandbox.requests.at(-1)?.operation).toBe('DescribeRepositories')
    await created
    expect(performance.now() - started).toBeGreaterThan(290)
  })

  test('sends its body at so many bytes per second, whole', async () => {
    const {send, image} = await hindered({kind: 'slow', bytesPerSecond: 50, operation: 'layer.download'})
    const {headers} = await send('GET', `/v2/app/blobs/${sha256(image.layer)}`)
    const started = performance.now()
    expect((await http(headers.location ?? '')).text).toBe(image.layer)
    expect(performance.now() - started).toBeGreaterThan((1000 * image.layer.length) / 50 - 20)
  })

  test('slows an answer of the API down, and keeps its length', async () => {
    const {send} = await hindered({kind: 'slow', bytesPerSecond: 1000, operation: 'manifest.get'})
    const answer = await send('GET', '/v2/app/manifests/v1')
    expect(answer.headers['content-length']).toBe(String(answer.body.length))
  })

  test('does not keep the sandbox from closing', async () => {
    const {sandbox, create} = await hindered({kind: 'slow', delayMs: 3_600_000})
    const created = create('other').then(
      () => 'answered',
      () => 'refused',
    )
    await expect.poll(() => sandbox.requests.at(-1)?.hindrance).toBe('slow')
    await sandbox.close()
    expect(await created).toBe('refused')
  })
})

describe('what stands before a service', () => {
  const create = {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.CreateRepository',
      authorization: `AWS4-HMAC-SHA256 Credential=${dev}/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: '{"repositoryName":"other"}',
  }

  test.each([
    ['empty', 200, ''],
    ['html', 200, '<html>'],
    ['429-page', 429, '<html>'],
    ['502', 502, '<html>'],
    ['504', 504, '<html>'],
  ] as const)('answers %s, and the service does nothing', async (kind, status, begin) => {
    const {sandbox, names} = await hindered({kind})
    const answer = await http(sandbox.url, create)
    expect(answer.status).toBe(status)
    expect(answer.text.slice(0, 6)).toBe(begin)
    expect(await names()).toEqual(['app'])
  })

  test.each(['empty', 'html', '500', '502', '429', 'expired-token'] as const)(
    'answers %s though the service did what was asked for, when that is wanted',
    async kind => {
      const {sandbox, names} = await hindered({kind, takesEffect: true})
      await http(sandbox.url, create)
      expect(sandbox.requests.at(-1)).toMatchObject({hindrance: kind})
      expect(await names()).toEqual(['app', 'other'])
    },
  )

  test('never answers though the service did what was asked for, when that is wanted', async () => {
    const {client, names} = await hindered({kind: 'hang', takesEffect: true})
    const abortSignal = AbortSignal.timeout(200)
    await expect(
      client.send(new CreateRepositoryCommand({repositoryName: 'other'}), {abortSignal}),
    ).rejects.toMatchObject({name: 'AbortError'})
    expect(await names()).toEqual(['app', 'other'])
  })
})

describe('rates', () => {
  test('refuse in the words of the API, and of the registry, what is more', async () => {
    const {sandbox, client, send} = await hindered()
    await sandbox.setClock(sandbox.now())
    sandbox.setRates({BatchGetImage: {rate: 1, burst: 2}})
    const get = () =>
      client.send(new BatchGetImageCommand({repositoryName: 'app', imageIds: [{imageTag: 'v1'}]}))
    await get()
    expect((await send('HEAD', '/v2/app/manifests/v1')).status).toBe(200)
    await expect(get()).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: {httpStatusCode: 400},
    })
    const refused = await send('GET', '/v2/app/manifests/v1')
    expect(refused.status).toBe(429)
    expect(JSON.parse(refused.text)).toEqual({errors: [{code: 'TOOMANYREQUESTS', message: 'Rate exceeded'}]})
    expect(sandbox.requests.slice(-2).map(({hindrance}) => hindrance)).toEqual(['rate', 'rate'])
    await sandbox.advanceClock(1000)
    await get()
  })

  test('are off unless they are asked for', async () => {
    expect((await openSandbox()).rates).toEqual({})
    expect((await openSandbox({rates: 'published'})).rates['PutImage']).toEqual({rate: 10})
  })

  test('of a start come back with a reset', async () => {
    const sandbox = await openSandbox({rates: {PutImage: {rate: 1}}})
    sandbox.setRates({})
    await sandbox.reset()
    expect(sandbox.rates).toEqual({PutImage: {rate: 1}})
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
    const sts = stsClient(sandbox)
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
