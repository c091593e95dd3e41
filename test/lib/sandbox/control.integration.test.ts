import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {type RecordedRequest, type Sandbox, startSandbox} from '../../../src/lib/sandbox/index.ts'
import {
  basicAuth,
  dev,
  devHost,
  ecrClient,
  http,
  indexType,
  openSandbox,
  prod,
  putSmallImage,
  region,
  registryClient,
  sha256,
  smallImage,
} from './support.ts'

function control(sandbox: Sandbox, method: string, path: string, value?: unknown) {
  const body = value === undefined ? {} : {body: JSON.stringify(value)}
  return http(`${sandbox.url}/_sandbox/${path}`, {method, ...body})
}

describe('requests', () => {
  test('are recorded with who, what, where, and how they ended', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    await putSmallImage(client, 'app', 'v1')
    const send = await registryClient(sandbox)
    sandbox.clearRequests()
    await send('GET', `/v2/app/blobs/${sha256(smallImage().layer)}?secret=1`)
    await client.send(new DescribeRepositoriesCommand({registryId: prod})).catch(() => undefined)
    expect(sandbox.requests).toEqual([
      {
        index: 1,
        plane: 'registry',
        method: 'GET',
        path: `/v2/app/blobs/${sha256(smallImage().layer)}`,
        host: devHost,
        operation: 'blob.get',
        account: dev,
        region,
        principal: `arn:aws:iam::${dev}:user/sandbox`,
        repository: 'app',
        mutating: false,
        status: 307,
      },
      {
        index: 2,
        plane: 'api',
        method: 'POST',
        path: '/',
        host: new URL(sandbox.url).host,
        operation: 'DescribeRepositories',
        account: prod,
        region,
        principal: `arn:aws:iam::${dev}:user/sandbox`,
        mutating: false,
        status: 400,
      },
    ])
  })

  test('that can change something are told from those that can not', async () => {
    const sandbox = await openSandbox()
    await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    const send = await registryClient(sandbox)
    await send('POST', '/v2/app/blobs/uploads/')
    await send('HEAD', '/v2/app/manifests/v1')
    const mutating = new Set(
      sandbox.requests.filter(request => request.mutating).map(({operation}) => operation),
    )
    expect(mutating).toEqual(
      new Set([
        'CreateRepository',
        'InitiateLayerUpload',
        'UploadLayerPart',
        'CompleteLayerUpload',
        'PutImage',
        'upload.start',
      ]),
    )
  })

  test('wait for onRequest, which sees them before they are handled', async () => {
    const seen: (RecordedRequest & {readonly repositories: number})[] = []
    const sandbox = await openSandbox({
      onRequest: async request => {
        await Promise.resolve()
        seen.push({...request, repositories: seen.length})
      },
    })
    const client = ecrClient(sandbox)
    await client.send(new GetAuthorizationTokenCommand({}))
    expect(seen).toMatchObject([{operation: 'GetAuthorizationToken'}])
    expect(seen[0]?.status).toBeUndefined()
    expect(sandbox.requests[0]?.status).toBe(200)
  })

  test('a change that onRequest makes is there when the request is handled', async () => {
    let sandbox: Sandbox | undefined
    sandbox = await openSandbox({
      onRequest: async ({operation}) => {
        if (operation !== 'DescribeRepositories') return
        await sandbox?.seed({repositories: [{account: dev, region, name: 'just-in-time'}]})
      },
    })
    const {repositories} = await ecrClient(sandbox).send(new DescribeRepositoriesCommand({}))
    expect(repositories?.map(({repositoryName}) => repositoryName)).toEqual(['just-in-time'])
  })

  test('are listed and cleared over HTTP', async () => {
    const sandbox = await openSandbox()
    await basicAuth(ecrClient(sandbox))
    const list = async () => JSON.parse((await control(sandbox, 'GET', 'requests')).text) as unknown
    expect(await list()).toEqual({
      requests: [expect.objectContaining({operation: 'GetAuthorizationToken'})],
      dropped: 0,
    })
    await control(sandbox, 'DELETE', 'requests')
    expect(await list()).toEqual({requests: [], dropped: 0})
  })

  test('since one that is known are told over HTTP', async () => {
    const sandbox = await openSandbox()
    await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    const indexes = async (since: string) => {
      const {text} = await control(sandbox, 'GET', `requests?since=${since}`)
      return (JSON.parse(text) as {requests: RecordedRequest[]}).requests.map(({index}) => index)
    }
    const last = sandbox.requests.length
    expect(await indexes(String(last - 2))).toEqual([last - 1, last])
    expect(await indexes('0')).toHaveLength(last)
    expect(await indexes(String(last))).toEqual([])
  })

  test('tell the repository that they are about', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    await putSmallImage(client, 'team/app', 'v1')
    await (await registryClient(sandbox))('HEAD', '/v2/team/app/manifests/v1')
    await client.send(new DescribeRepositoriesCommand({}))
    expect(sandbox.requests.slice(-4).map(({operation, repository}) => [operation, repository])).toEqual([
      ['PutImage', 'team/app'],
      ['GetAuthorizationToken', undefined],
      ['manifest.head', 'team/app'],
      ['DescribeRepositories', undefined],
    ])
  })
})

describe('seeds', () => {
  const {layer, config, manifest, digest} = smallImage()
  const index = `{"schemaVersion":2,"mediaType":"${indexType}","manifests":[{"digest":"${digest}"}]}`
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const repositories = [
    {
      account: prod,
      region,
      name: 'app',
      tagMutability: 'IMMUTABLE',
      policy: {Statement: [{Effect: 'Allow', Principal: {AWS: dev}, Action: 'ecr:BatchGetImage'}]},
      blobs: [base64(layer), base64(config)],
      images: [
        {tag: ['v1', 'latest'], manifest},
        {manifest: base64(index), tag: 'all'},
      ],
    },
  ]

  test('put repositories, policies, blobs and images there, and can be repeated', async () => {
    const sandbox = await openSandbox()
    for (let round = 0; round < 2; round++) {
      expect((await control(sandbox, 'POST', 'seed', {repositories})).status).toBe(200)
    }
    const imageIds = ['v1', 'latest', 'all'].map(imageTag => ({imageTag}))
    const {images} = await ecrClient(sandbox, dev).send(
      new BatchGetImageCommand({registryId: prod, repositoryName: 'app', imageIds}),
    )
    expect(images?.map(({imageManifest}) => imageManifest)).toEqual([manifest, manifest, index])
  })

  test('make small images where none are given, another one for each tag', async () => {
    const sandbox = await openSandbox()
    const images = [{tag: 'v1'}, {tag: ['v2', 'latest']}, {}]
    const seed = {repositories: [{account: dev, region, name: 'app', images}]}
    await sandbox.seed(seed)
    await sandbox.seed(seed)
    const {imageDetails = []} = await ecrClient(sandbox).send(
      new DescribeImagesCommand({repositoryName: 'app'}),
    )
    expect(imageDetails.map(({imageTags = []}) => imageTags.toSorted().join()).toSorted()).toEqual([
      '',
      'latest,v2',
      'v1',
    ])
    expect(sandbox.events).toEqual([])
  })

  test('give repositories their lifecycle policy and tags, and keep other tags', async () => {
    const sandbox = await openSandbox()
    const repository = {account: dev, region, name: 'app'}
    const selection = {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5}
    const lifecyclePolicy = {rules: [{rulePriority: 1, selection, action: {type: 'expire'}}]}
    await sandbox.seed({repositories: [{...repository, resourceTags: {team: 'core', old: 'x'}}]})
    await sandbox.seed({repositories: [{...repository, resourceTags: {team: 'web'}, lifecyclePolicy}]})
    const ecr = ecrClient(sandbox)
    const stored = await ecr.send(new GetLifecyclePolicyCommand({repositoryName: 'app'}))
    expect(JSON.parse(stored.lifecyclePolicyText ?? '')).toEqual(lifecyclePolicy)
    const resourceArn = `arn:aws:ecr:${region}:${dev}:repository/app`
    const {tags} = await ecr.send(new ListTagsForResourceCommand({resourceArn}))
    expect(tags).toEqual([
      {Key: 'team', Value: 'web'},
      {Key: 'old', Value: 'x'},
    ])
  })

  test.each([
    [[], 'Sandbox seed: must be an object.'],
    [{repositories: [{account: dev, region}]}, 'Sandbox seed: repositories[0].name is missing.'],
    [{accounts: {}}, 'Sandbox seed: accounts must be a list.'],
    [{account: []}, 'Sandbox seed: has the unknown key "account".'],
    [{accounts: [{id: '12'}]}, 'Sandbox seed: accounts[0].id must be twelve digits.'],
    [
      {repositories: [{account: dev, region: 'Europe', name: 'app'}]},
      'Sandbox seed: repositories[0].region must be a region such as eu-west-1.',
    ],
    [
      {repositories: [{account: dev, region, name: 'app', blobs: ['?']}]},
      'Sandbox seed: repositories[0].blobs[0] must be base64.',
    ],
    [
      {repositories: [{account: dev, region, name: 'APP'}]},
      "Sandbox seed: repositories[0] is refused: Invalid parameter at 'repositoryName' failed to satisfy constraint: ",
    ],
    [
      {repositories: [{account: dev, region, name: 'app', policy: {}}]},
      "Sandbox seed: repositories[0] is refused: Invalid parameter at 'PolicyText' failed to satisfy constraint: ",
    ],
    [
      {repositories: [{account: dev, region, name: 'app', lifecyclePolicy: {}}]},
      'Sandbox seed: repositories[0] is refused: Invalid parameter at ',
    ],
    [
      {repositories: [{account: dev, region, name: 'app', images: [{manifest}]}]},
      'Sandbox seed: repositories[0].images[0] is refused: Layers with digests ',
    ],
    [
      {repositories: [{account: dev, region, name: 'app', exclusions: ['v*'], tagMutability: 'MUTABLE'}]},
      'Sandbox seed: repositories[0] is refused: Invalid parameter at ',
    ],
  ])('%j is refused in one line', async (seed, message) => {
    const sandbox = await openSandbox()
    const answer = await control(sandbox, 'POST', 'seed', seed)
    expect(answer.status).toBe(400)
    const refusal = JSON.parse(answer.text) as {code: string; message: string}
    expect(refusal).toEqual({code: 'INVALID_SEED', message: expect.stringContaining(message)})
    expect(refusal.message).not.toContain('\n')
  })
})

describe('control', () => {
  test('health tells the ports of single registries', async () => {
    const sandbox = await openSandbox({registries: [{account: dev, region, port: 0}]})
    expect(JSON.parse((await control(sandbox, 'GET', 'health')).text)).toEqual({
      status: 'ok',
      registries: [{account: dev, region, url: sandbox.registryUrls.get(`${dev}/${region}`)}],
    })
  })

  test('the clock stops, and runs again', async () => {
    const sandbox = await openSandbox({now: () => 5000})
    const client = ecrClient(sandbox)
    const expiry = async () =>
      (await client.send(new GetAuthorizationTokenCommand({}))).authorizationData?.[0]?.expiresAt?.getTime()
    await control(sandbox, 'PUT', 'clock', {epochMs: 1_700_000_000_000})
    expect(await expiry()).toBe(1_700_000_000_000 + 12 * 3_600_000)
    await control(sandbox, 'PUT', 'clock', {epochMs: null})
    expect(await expiry()).toBe(5000 + 12 * 3_600_000)
  })

  test('the clock is moved ahead, and stays there', async () => {
    const sandbox = await openSandbox({now: () => 5000})
    const told = await control(sandbox, 'PUT', 'clock', {advanceMs: 86_400_000})
    expect(JSON.parse(told.text)).toEqual({epochMs: 86_405_000})
    await sandbox.advanceClock(1)
    expect(sandbox.now()).toBe(86_405_001)
    expect(JSON.parse((await control(sandbox, 'GET', 'clock')).text)).toEqual({epochMs: 86_405_001})
  })

  test('faults and rates are told, replaced and ended', async () => {
    const sandbox = await openSandbox()
    await control(sandbox, 'PUT', 'faults', [{kind: '503', operation: 'PutImage'}])
    await control(sandbox, 'PUT', 'rates', {PutImage: {rate: 2}})
    const told = async (name: string) => JSON.parse((await control(sandbox, 'GET', name)).text) as unknown
    expect(await told('faults')).toEqual({faults: [{kind: '503', operation: 'PutImage', seen: 0}]})
    expect(await told('rates')).toEqual({rates: {PutImage: {rate: 2}}})
    await control(sandbox, 'PUT', 'rates', 'published')
    expect(await told('rates')).toMatchObject({rates: {GetDownloadUrlForLayer: {rate: 3000}}})
    for (const name of ['faults', 'rates']) await control(sandbox, 'DELETE', name)
    expect(await told('faults')).toEqual({faults: []})
    expect(await told('rates')).toEqual({rates: {}})
  })

  test('reset forgets everything', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    await putSmallImage(client, 'app', 'v1')
    sandbox.setFaults([{kind: '500', times: 1000}])
    expect((await control(sandbox, 'POST', 'reset')).status).toBe(200)
    expect(sandbox.requests).toEqual([])
    expect((await client.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
    await expect(putSmallImage(client, 'app', 'v1')).resolves.toBeDefined()
  })

  test.each([
    ['PUT', 'clock', {epochMs: 'now'}, 'Sandbox clock: epochMs must be a whole number from 0.'],
    ['PUT', 'clock', {epochMs: 9e15}, 'Sandbox clock: 9000000000000000 is not a time from 1970 to 9999.'],
    ['PUT', 'clock', {advanceMs: -1}, 'Sandbox clock: advanceMs must be a whole number from 0.'],
    ['PUT', 'clock', {advanceMs: 1, epochMs: 1}, 'Sandbox clock: has the unknown key "epochMs".'],
    ['PUT', 'clock', null, 'Sandbox clock: must be an object.'],
    ['PUT', 'faults', {}, 'Sandbox faults: must be a list.'],
    ['PUT', 'faults', [1], 'Sandbox faults: [0] must be an object.'],
    ['PUT', 'faults', [{kind: '500', at: 0}], 'Sandbox faults: [0].at must be a whole number from 1.'],
    ['PUT', 'faults', [{kind: '500', when: 1}], 'Sandbox faults: [0] has the unknown key "when".'],
    ['PUT', 'faults', [{kind: '500', plane: 'x'}], 'Sandbox faults: [0].plane must be one of api, sts, '],
    ['PUT', 'faults', [{kind: 'flood'}], 'Sandbox faults: [0].kind must be one of 429, '],
    ['PUT', 'faults', [{}], 'Sandbox faults: [0].kind must be one of '],
    ['PUT', 'faults', [{kind: '500'}, {kind: 'slow'}], 'Sandbox faults: [1] is slow and needs '],
    [
      'PUT',
      'faults',
      [{kind: 'cut', delayMs: 1}],
      'Sandbox faults: [0] has delayMs or bytesPerSecond and is not slow.',
    ],
    [
      'PUT',
      'faults',
      [{kind: 'cut', takesEffect: true}],
      'Sandbox faults: [0] is cut and cannot have takesEffect.',
    ],
    ['PUT', 'rates', {PutImage: 1}, 'Sandbox rates: PutImage must be an object.'],
    ['GET', 'requests?since=-1', undefined, 'Sandbox requests: since must be the index of a request.'],
  ])('%s %s refuses %j in one line', async (method, path, value, expected) => {
    const sandbox = await openSandbox()
    const answer = await control(sandbox, method, path, value)
    expect(answer.status).toBe(400)
    const refusal = JSON.parse(answer.text) as {code: string; message: string}
    expect(refusal).toEqual({
      code: expect.stringMatching(/^INVALID_/),
      message: expect.stringContaining(expected),
    })
    expect(refusal.message).not.toContain('\n')
  })

  test('what is no JSON is refused', async () => {
    const {url} = await openSandbox()
    const answer = await http(`${url}/_sandbox/clock`, {method: 'PUT', body: '{'})
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      expect.objectContaining({code: 'INVALID_JSON'}),
    ])
  })

  test('what is not there is 404, and what cannot be done with it 405', async () => {
    const sandbox = await openSandbox()
    for (const name of ['nothing', '', 'constructor', 'requests/1', '../v2/x']) {
      const answer = await http(`${sandbox.url}/_sandbox/${name}`.replace('../', '..%2f'))
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        404,
        {code: 'UNKNOWN_RESOURCE', message: expect.any(String)},
      ])
    }
    const answer = await control(sandbox, 'POST', 'requests', {})
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, DELETE'])
    expect(JSON.parse(answer.text)).toEqual({
      code: 'METHOD_NOT_ALLOWED',
      message: 'The sandbox\'s "requests" takes GET, DELETE.',
    })
  })
})

describe('starting', () => {
  test('a port that is taken is told in one line', async () => {
    const {url} = await openSandbox()
    const port = Number(new URL(url).port)
    await expect(startSandbox({port})).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      exitCode: 2,
      message: `The sandbox cannot listen on 127.0.0.1:${port}: it is in use.`,
    })
  })

  test('a registry that is none is told in one line', async () => {
    await expect(startSandbox({registries: [{account: '1', region, port: 0}]})).rejects.toMatchObject({
      code: 'INVALID_REGISTRY',
    })
  })
})
