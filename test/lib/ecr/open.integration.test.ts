import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {describe, expect, onTestFinished, test} from 'vitest'
import {connectAccount} from '../../../src/lib/ecr/accounts.ts'
import type {AwsEnvironment} from '../../../src/lib/ecr/environment.ts'
import {openRegistry, type RegistryTarget} from '../../../src/lib/ecr/open.ts'
import {getAuthorizationToken} from '../../../src/lib/ecr/tokens.ts'
import type {Descriptor} from '../../../src/lib/oci/descriptor.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {type Manifest, parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {type Sandbox, type SandboxSeed, startSandbox} from '../../../src/lib/sandbox/index.ts'
import {environmentFor} from './stub.ts'

const dev = '111111111111'
const prod = '222222222222'
const region = 'eu-west-1'
const hostOf = (account: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`

async function sandboxWith(seed: SandboxSeed = {}): Promise<Sandbox> {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  await sandbox.seed(seed)
  return sandbox
}

function environmentOf(sandbox: Sandbox, more: Partial<AwsEnvironment> = {}): AwsEnvironment {
  return environmentFor({}, {sandboxUrl: sandbox.url, ...more})
}

async function open(
  sandbox: Sandbox,
  target: RegistryTarget,
  options: {readOnly?: boolean; environment?: AwsEnvironment} = {},
) {
  const {environment = environmentOf(sandbox), readOnly} = options
  const context = {
    signal: environment.signal,
    now: environment.now,
    concurrency: 4,
    retryForMs: 5000,
    onEvent() {},
  }
  const opened = await openRegistry(target, {environment, context, readOnly})
  onTestFinished(() => opened.registry.close())
  return opened.registry
}

function blobOf(content: string, mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip') {
  const bytes = Buffer.from(content)
  const blob: Descriptor = {mediaType, digest: digestOf(bytes), size: bytes.length}
  return {blob, bytes}
}

function imageOf(name: string) {
  const config = blobOf(JSON.stringify({name}), 'application/vnd.oci.image.config.v1+json')
  const layer = blobOf(`layer of ${name}`)
  // Bytes that no serialiser would write: they must arrive as they are.
  const text = `{ "schemaVersion":2,"mediaType":"${mediaTypes.ociManifest}",\n "config":${JSON.stringify(config.blob)},"layers":[${JSON.stringify(layer.blob)}],"annotations":{"é":"ü"} }\n`
  return {blobs: [config, layer], manifest: parseManifest(Buffer.from(text), mediaTypes.ociManifest)}
}

async function push(repository: Repository, name: string, tag?: string): Promise<Manifest> {
  const {blobs, manifest} = imageOf(name)
  for (const {blob, bytes} of blobs) await repository.uploadBlob(blob, async () => Readable.from([bytes]))
  await repository.putManifest(manifest, tag)
  return manifest
}

const repositories = (...names: string[]) => names.map(name => ({account: dev, region, name}))

describe('a private registry', () => {
  test('takes an image and gives it back byte for byte', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const registry = await open(sandbox, {host: hostOf(dev)})
    const repository = registry.repository('app')
    const {digest, bytes, blobs} = await push(repository, 'one', 'v1')

    expect(await repository.resolve(['v1', 'v2'])).toEqual(new Map([['v1', digest]]))
    const manifests = await repository.manifests(['v1', digest, 'v2'])
    expect([...manifests.keys()]).toEqual(['v1', digest])
    expect(Buffer.from(manifests.get('v1')?.bytes ?? []).equals(bytes)).toBe(true)
    expect(await repository.presentManifests([{digest}, {digest: digestOf(Buffer.from('x'))}])).toEqual(
      new Set([digest]),
    )
    const digests = blobs.map(blob => blob.digest)
    expect(await repository.presentBlobs([...digests, digestOf(Buffer.from('x'))])).toEqual(new Set(digests))
    const layer = blobs[1]
    expect(layer && String(await buffer(await repository.readBlob(layer)))).toBe('layer of one')
    const tags: string[] = []
    for await (const tag of repository.tags()) tags.push(tag)
    expect(tags).toEqual(['v1'])
  })

  test('counts what it is asked as the registry does', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const registry = await open(sandbox, {host: hostOf(dev)})
    sandbox.clearRequests()
    await push(registry.repository('app'), 'one', 'v1')
    const sent = sandbox.requests.filter(({operation}) => operation !== 'GetAuthorizationToken')
    expect(registry.traffic.requests).toBe(sent.length)
    expect(registry.traffic.mutatingRequests).toBe(sent.filter(({mutating}) => mutating).length)
  })

  test('a manifest or tag that is there already is success', async () => {
    const sandbox = await sandboxWith({
      repositories: [{account: dev, region, name: 'app', tagMutability: 'IMMUTABLE'}],
    })
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    const manifest = await push(repository, 'one', 'v1')
    await repository.putManifest(manifest)
    await repository.putManifest(manifest, 'v1')
    expect(await repository.resolve(['v1'])).toEqual(new Map([['v1', manifest.digest]]))
  })

  test('an immutable tag that holds another image is refused, with both digests', async () => {
    const sandbox = await sandboxWith({
      repositories: [{account: dev, region, name: 'app', tagMutability: 'IMMUTABLE'}],
    })
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    const one = await push(repository, 'one', 'v1')
    const {manifest: two} = imageOf('two')
    await expect(push(repository, 'two', 'v1')).rejects.toMatchObject({
      code: 'TAG_IMMUTABLE',
      exitCode: 7,
      message: `app:v1 is immutable and holds ${one.digest}; ${two.digest} was not tagged.`,
    })
  })

  test('a mutable tag moves', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    await push(repository, 'one', 'v1')
    const two = await push(repository, 'two', 'v1')
    expect(await repository.resolve(['v1'])).toEqual(new Map([['v1', two.digest]]))
  })

  test('a manifest whose blobs are not there is LAYERS_NOT_FOUND', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    await expect(repository.putManifest(imageOf('one').manifest)).rejects.toMatchObject({
      code: 'LAYERS_NOT_FOUND',
    })
  })

  test('referrers are found', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    const {digest, bytes} = await push(repository, 'one', 'v1')
    const {blobs} = imageOf('one')
    const config = blobs[0]?.blob
    const document = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/spdx+json',
      config,
      layers: [blobs[1]?.blob],
      subject: {mediaType: mediaTypes.ociManifest, digest, size: bytes.length},
    }
    const referrer = parseManifest(Buffer.from(JSON.stringify(document)), mediaTypes.ociManifest)
    await repository.putManifest(referrer)
    expect(await repository.referrers(digest)).toMatchObject([
      {digest: referrer.digest, artifactType: 'application/spdx+json', size: referrer.bytes.length},
    ])
  })

  test('describes the repositories that exist, and makes one', async () => {
    const sandbox = await sandboxWith({
      repositories: [
        {
          account: dev,
          region,
          name: 'app',
          tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
          exclusions: ['latest*'],
        },
      ],
    })
    const registry = await open(sandbox, {host: hostOf(dev)})
    await registry.create('made')
    await registry.create('made')
    const settings = {
      tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      exclusions: ['latest*'],
      scanOnPush: false,
      encryption: 'AES256',
    } as const
    await registry.create('like', {...settings, scanOnPush: true})
    expect(await registry.describe(['app', 'missing', 'made', 'like'])).toEqual(
      new Map([
        ['app', settings],
        ['made', {...settings, tagMutability: 'MUTABLE', exclusions: []}],
        ['like', {...settings, scanOnPush: true}],
      ]),
    )
  })

  test('a missing repository is the same error by the API and by the protocol', async () => {
    const sandbox = await sandboxWith()
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    const missing = {
      code: 'REPOSITORY_NOT_FOUND',
      message: `app does not exist in ${dev}/${region}.`,
    }
    await expect(repository.resolve(['v1'])).rejects.toMatchObject(missing)
    await expect(push(repository, 'one')).rejects.toMatchObject(missing)
  })

  test('opened read-only changes nothing', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    await push(repository, 'one', 'v1')
    const readOnly = (await open(sandbox, {host: hostOf(dev)}, {readOnly: true})).repository('app')
    sandbox.clearRequests()
    await expect(push(readOnly, 'two', 'v2')).rejects.toMatchObject({code: 'BUG'})
    expect(await readOnly.resolve(['v1', 'v2'])).toHaveProperty('size', 1)
    expect(sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  })

  test('is reached by the credentials of another account, which its policy must allow', async () => {
    const allowed = {account: prod, region, name: 'allowed', policy: pushPolicy(dev)}
    const sandbox = await sandboxWith({repositories: [allowed, {account: prod, region, name: 'denied'}]})
    const session = await connectAccount({id: dev, region}, environmentOf(sandbox))
    const registry = await open(sandbox, {host: hostOf(prod), session})
    await push(registry.repository('allowed'), 'one', 'v1')

    const denied = {
      code: 'ACCESS_DENIED',
      exitCode: 5,
      message: expect.stringContaining(`arn:aws:ecr:${region}:${prod}:repository/denied`),
      hints: [
        expect.stringMatching(
          /^Add this statement to the policy of repository denied in 222222222222\/eu-west-1: \{"Sid":"AllowPush"/,
        ),
      ],
    }
    await expect(push(registry.repository('denied'), 'one')).rejects.toMatchObject(denied)
    await expect(registry.repository('denied').putManifest(imageOf('one').manifest)).rejects.toMatchObject(
      denied,
    )
    expect((await registry.describe(['allowed', 'denied'])).get('denied')).toEqual({
      tagMutability: 'unknown',
      exclusions: [],
    })
  })

  test('a token that has ended is replaced without a word', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
    await push(repository, 'one', 'v1')
    await sandbox.setClock(Date.now() + 13 * 3_600_000)
    await push(repository, 'two', 'v2')
    expect(sandbox.requests.filter(({operation}) => operation === 'GetAuthorizationToken')).toHaveLength(2)
  })

  test('one token serves all registries of a region, and none is asked for by a run that moves no blob', async () => {
    const sandbox = await sandboxWith({repositories: repositories('app')})
    const session = await connectAccount({id: dev, region}, environmentOf(sandbox))
    const registry = await open(sandbox, {host: hostOf(dev), session})
    await registry.repository('app').resolve(['v1'])
    expect(sandbox.requests.map(({operation}) => operation)).toEqual(['GetCallerIdentity', 'BatchGetImage'])
    await getAuthorizationToken(session, hostOf(dev), environmentOf(sandbox))
    await getAuthorizationToken(session, hostOf(prod), environmentOf(sandbox))
    expect(sandbox.requests).toHaveLength(3)
  })

  test.each(['reset-before', 'reset-after', '500', '503', '429', 'throttling', 'cut'] as const)(
    'every request may meet %s once',
    async kind => {
      const sandbox = await sandboxWith({repositories: repositories('app')})
      const repository = (await open(sandbox, {host: hostOf(dev)})).repository('app')
      const operations = ['BatchGetImage', 'PutImage', 'BatchCheckLayerAvailability', 'GetAuthorizationToken']
      sandbox.setFaults(operations.map(operation => ({operation, kind})))
      const {digest, blobs} = await push(repository, 'one', 'v1')
      expect(await repository.presentBlobs(blobs.map(blob => blob.digest))).toHaveProperty('size', 2)
      expect(await repository.resolve(['v1'])).toEqual(new Map([['v1', digest]]))
    },
  )
})

function pushPolicy(account: string): object {
  const actions = [
    'BatchCheckLayerAvailability',
    'BatchGetImage',
    'CompleteLayerUpload',
    'GetDownloadUrlForLayer',
    'InitiateLayerUpload',
    'PutImage',
    'UploadLayerPart',
  ]
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {AWS: `arn:aws:iam::${account}:root`},
        Action: actions.map(action => `ecr:${action}`),
      },
    ],
  }
}

describe('a login token', () => {
  test('is user AWS and a password, for the host that was asked', async () => {
    const sandbox = await sandboxWith()
    const session = await connectAccount({id: dev, region}, environmentOf(sandbox))
    const token = await getAuthorizationToken(session, hostOf(dev), environmentOf(sandbox))
    expect(token).toMatchObject({username: 'AWS', password: expect.stringMatching(/./)})
    expect(token.authorization).toBe(`Basic ${Buffer.from(`AWS:${token.password}`).toString('base64')}`)
  })

  test('is not to be had for a host that is not ECR', async () => {
    const sandbox = await sandboxWith()
    const session = await connectAccount({id: dev, region}, environmentOf(sandbox))
    await expect(
      getAuthorizationToken(session, `${hostOf(dev)}.evil.com`, environmentOf(sandbox)),
    ).rejects.toMatchObject({code: 'NOT_ECR'})
  })
})

describe('with a sandbox', () => {
  test.each(['docker.io', 'ghcr.io', `${hostOf(dev)}.evil.com`])('%s is not reached', async host => {
    const sandbox = await sandboxWith()
    await expect(open(sandbox, {host})).rejects.toMatchObject({
      code: 'NOT_IN_SANDBOX',
      exitCode: 2,
      message: expect.stringMatching(/^GANTRY_SANDBOX is set: .* can't be reached/),
    })
    expect(sandbox.requests).toEqual([])
  })

  test('another registry of this machine is', async () => {
    const sandbox = await startSandbox({registries: [{account: dev, region, port: 0}]})
    onTestFinished(() => sandbox.close())
    await sandbox.seed({repositories: repositories('app')})
    const session = await connectAccount({id: dev, region}, environmentOf(sandbox))
    const token = await getAuthorizationToken(session, hostOf(dev), environmentOf(sandbox))
    const host = new URL(sandbox.registryUrls.get(`${dev}/${region}`) ?? '').host
    const environment = environmentOf(sandbox)
    const context = {signal: environment.signal, now: Date.now, concurrency: 2, retryForMs: 0, onEvent() {}}
    const {registry, ecr} = await openRegistry(
      {host},
      {environment, context, credentialsFor: async () => token},
    )
    onTestFinished(() => registry.close())
    expect(ecr).toBeUndefined()
    const manifest = await push(registry.repository('app'), 'one', 'v1')
    expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map([['v1', manifest.digest]]))
  })
})
