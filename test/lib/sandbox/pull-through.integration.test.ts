import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutAccountSettingCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {replies} from '../../support/hostile-registry.ts'
import {addImage, addIndex, cacheQuay, day, openCached, start} from './pull-through-support.ts'
import {told} from './replication-support.ts'
import {
  describe,
  dev,
  http,
  manifestType,
  putSmallImage,
  region,
  registryClient,
  sha256,
  smallImage,
} from './support.ts'

const repositoryName = 'quay/org/app'

function pull(ecr: ECRClient, imageTag: string, name = repositoryName) {
  return ecr.send(new BatchGetImageCommand({repositoryName: name, imageIds: [{imageTag}]}))
}

async function digestOf(ecr: ECRClient, imageTag: string, name = repositoryName) {
  const {images = [], failures = []} = await pull(ecr, imageTag, name)
  return images[0]?.imageId?.imageDigest ?? failures[0]?.failureCode
}

test('an image that is not here is brought in with all that it consists of, and served from then on', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {digest, manifest, layer} = addImage(upstream, 'v1')
  const {images = []} = await pull(ecr, 'v1')
  expect(images).toMatchObject([{imageManifest: manifest, imageId: {imageDigest: digest, imageTag: 'v1'}}])
  const asked = upstream.log()
  expect(asked.every(line => line.startsWith('GET /v2/org/app/'))).toBe(true)
  await pull(ecr, 'v1')
  expect(upstream.log()).toEqual(asked)
  const layerDigest = sha256(layer)
  const link = await ecr.send(new GetDownloadUrlForLayerCommand({repositoryName, layerDigest}))
  expect((await http(link.downloadUrl ?? '')).text).toBe(layer)
  expect(told(sandbox, 'ECR Pull Through Cache Action')).toEqual([
    {
      account: dev,
      region,
      resources: [`arn:aws:ecr:${region}:${dev}:repository/${repositoryName}`],
      'rule-version': '1',
      'sync-status': 'SUCCESS',
      'ecr-repository-prefix': 'quay',
      'repository-name': repositoryName,
      'upstream-registry-url': 'quay.io',
      'image-tag': 'v1',
      'image-digest': digest,
    },
  ])
})

test('a pull by the registry protocol brings in an index and each image that it lists', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const registry = await registryClient(sandbox)
  const {digest, images} = addIndex(upstream, 'v1', ['amd', 'arm'])
  const head = await registry('HEAD', `/v2/${repositoryName}/manifests/v1`)
  expect([head.status, head.headers['docker-content-digest']]).toEqual([200, digest])
  const asked = upstream.log().length
  for (const image of images) {
    const manifest = await registry('GET', `/v2/${repositoryName}/manifests/${image.digest}`)
    expect(manifest.text).toBe(image.manifest)
    const blob = await registry('GET', `/v2/${repositoryName}/blobs/${sha256(image.layer)}`)
    expect(blob.status).toBe(307)
    expect((await http(blob.headers.location ?? '')).text).toBe(image.layer)
  }
  expect(upstream.log()).toHaveLength(asked)
  const {imageIds} = await ecr.send(new ListImagesCommand({repositoryName}))
  expect(imageIds).toHaveLength(3)
})

test('a digest is brought in without a tag', async () => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {digest} = addImage(upstream, 'v1')
  await ecr.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageDigest: digest}]}))
  const {imageIds} = await ecr.send(new ListImagesCommand({repositoryName}))
  expect(imageIds).toEqual([{imageDigest: digest}])
})

test('a tag is compared with its like upstream once in 24 hours', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const first = addImage(upstream, 'v1', 'first')
  await pull(ecr, 'v1')
  const second = addImage(upstream, 'v1', 'second')
  await sandbox.setClock(start + day - 1)
  expect(await digestOf(ecr, 'v1')).toBe(first.digest)
  await sandbox.setClock(start + day)
  expect(await digestOf(ecr, 'v1')).toBe(second.digest)
  const asked = upstream.log().length
  await sandbox.setClock(start + 2 * day - 1)
  await pull(ecr, 'v1')
  expect(upstream.log()).toHaveLength(asked)
  await sandbox.setClock(start + 2 * day)
  await pull(ecr, 'v1')
  expect(upstream.log()).toHaveLength(asked + 1)
})

test('an immutable tag stays as it was first cached, in a repository made by a template for that', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const template = {prefix: 'quay', imageTagMutability: 'IMMUTABLE' as const}
  await ecr.send(
    new CreateRepositoryCreationTemplateCommand({...template, appliedFor: ['PULL_THROUGH_CACHE']}),
  )
  const first = addImage(upstream, 'v1', 'first')
  await pull(ecr, 'v1')
  const {repositories} = await ecr.send(new DescribeRepositoriesCommand({}))
  expect(repositories).toMatchObject([{repositoryName, imageTagMutability: 'IMMUTABLE'}])
  addImage(upstream, 'v1', 'second')
  const asked = upstream.log().length
  await sandbox.setClock(start + 10 * day)
  expect(await digestOf(ecr, 'v1')).toBe(first.digest)
  expect(upstream.log()).toHaveLength(asked)
})

test.each([
  ['quay', 'ROOT', 'quay/org/app', 'org/app'],
  ['ROOT', 'ROOT', 'org/app', 'org/app'],
  ['team-a', 'team-a', 'team-a/app', 'team-a/app'],
  ['my-app/', 'upstream-app', 'my-app/image1', 'upstream-app/image1'],
])('a rule from %s to %s caches %s from %s', async (prefix, upstreamPrefix, name, upstreamName) => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr, prefix, upstreamPrefix)
  const {digest} = addImage(upstream, 'v1')
  expect(await digestOf(ecr, 'v1', name)).toBe(digest)
  expect(upstream.log()[0]).toBe(`GET /v2/${upstreamName}/manifests/v1`)
})

test('the most specific rule decides', async () => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr, 'ROOT', 'everything')
  await cacheQuay(ecr, 'aa', 'some')
  await cacheQuay(ecr, 'aa/b', 'one')
  addImage(upstream, 'v1')
  for (const name of ['aa/b/c', 'aa/bc', 'aab/c']) await pull(ecr, 'v1', name)
  const asked = upstream.log().filter(line => line.endsWith('/manifests/v1'))
  expect(asked).toEqual([
    'GET /v2/one/c/manifests/v1',
    'GET /v2/some/bc/manifests/v1',
    'GET /v2/everything/aab/c/manifests/v1',
  ])
})

test('what is not upstream either is not found, and no repository is made for it', async () => {
  const {sandbox, ecr} = await openCached()
  await cacheQuay(ecr)
  await expect(pull(ecr, 'v1')).rejects.toMatchObject({name: 'RepositoryNotFoundException'})
  const registry = await registryClient(sandbox)
  const {status, text} = await registry('GET', `/v2/${repositoryName}/manifests/v1`)
  expect([status, text]).toEqual([404, expect.stringContaining('NAME_UNKNOWN')])
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([])
})

test.each([
  [401, 'UpstreamAccessDenied', 403, 'DENIED'],
  [403, 'UpstreamAccessDenied', 403, 'DENIED'],
  [429, 'UpstreamTooManyRequests', 429, 'TOOMANYREQUESTS'],
  [500, 'UpstreamUnavailable', 503, 'UNAVAILABLE'],
])('an upstream that answers %i makes the image fail with %s', async (status, code, answered, error) => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  upstream.always('GET', '/v2/', replies.status(status))
  const imageIds = [{imageTag: 'v1'}]
  const {images, failures} = await ecr.send(new BatchGetImageCommand({repositoryName, imageIds}))
  expect(images).toEqual([])
  expect(failures).toMatchObject([{imageId: {imageTag: 'v1'}, failureCode: code}])
  const registry = await registryClient(sandbox)
  const reply = await registry('GET', `/v2/${repositoryName}/manifests/v1`)
  expect([reply.status, reply.text]).toEqual([answered, expect.stringContaining(`"${error}"`)])
  expect(told(sandbox, 'ECR Pull Through Cache Action')).toMatchObject([
    {'sync-status': 'FAILED', 'failure-code': code, 'image-tag': 'v1'},
    {'sync-status': 'FAILED', 'failure-code': code, 'image-tag': 'v1'},
  ])
})

test.each([
  ['breaks off', replies.reset()],
  ['sends too much', replies.endless()],
  ['is cut', replies.cut(Buffer.from('{"schemaVersion": 2}'), 5)],
  ['leads to another machine', replies.redirect('http://192.0.2.1/v2/')],
  ['leads nowhere', replies.redirect('http://[')],
  ['leads round and round', replies.redirect('/v2/org/app/manifests/v1')],
])('an upstream whose answer %s is unavailable', async (_, reply) => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  upstream.always('GET', '/v2/', reply)
  expect(await digestOf(ecr, 'v1')).toBe('UpstreamUnavailable')
})

test('an upstream that no registry on this machine stands for is unavailable', async () => {
  const {ecr} = await openCached([])
  await cacheQuay(ecr)
  const {failures} = await pull(ecr, 'v1')
  expect(failures).toMatchObject([
    {failureCode: 'UpstreamUnavailable', failureReason: expect.stringContaining('quay.io')},
  ])
})

test('bytes that are not those of their digest are not taken', async () => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {layer, digest} = addImage(upstream, 'v1')
  upstream.blobs.set(sha256(layer), Buffer.from('other bytes'))
  expect(await digestOf(ecr, 'v1')).toBe('UpstreamUnavailable')
  upstream.blobs.set(sha256(layer), Buffer.from(layer))
  upstream.manifests.set(digest, {bytes: Buffer.from(smallImage('other').manifest), mediaType: manifestType})
  const imageIds = [{imageDigest: digest}]
  const {failures} = await ecr.send(new BatchGetImageCommand({repositoryName, imageIds}))
  expect(failures).toMatchObject([{failureCode: 'UpstreamUnavailable'}])
  expect((await ecr.send(new DescribeImagesCommand({repositoryName}))).imageDetails).toEqual([])
})

test('an image that is cached is served when its upstream fails', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {digest} = addImage(upstream, 'v1')
  await pull(ecr, 'v1')
  await sandbox.setClock(start + 2 * day)
  upstream.always('GET', '/v2/', replies.status(500))
  expect(await digestOf(ecr, 'v1')).toBe(digest)
  expect(told(sandbox, 'ECR Pull Through Cache Action')).toMatchObject([
    {'sync-status': 'SUCCESS'},
    {'sync-status': 'FAILED'},
  ])
})

test('a manifest that ECR does not take cannot be pulled through', async () => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  upstream.addManifest('[]', manifestType, 'v1')
  await expect(pull(ecr, 'v1')).rejects.toMatchObject({name: 'UnableToGetUpstreamImageException'})
})

test('a layer can be asked for before its image', async () => {
  const {upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  addImage(upstream, 'v1')
  await pull(ecr, 'v1')
  const {digest: layerDigest} = upstream.addBlob('a layer of its own')
  const {downloadUrl = ''} = await ecr.send(new GetDownloadUrlForLayerCommand({repositoryName, layerDigest}))
  expect((await http(downloadUrl)).text).toBe('a layer of its own')
  const missing = {repositoryName, layerDigest: sha256('nowhere')}
  await expect(ecr.send(new GetDownloadUrlForLayerCommand(missing))).rejects.toMatchObject({
    name: 'LayersNotFoundException',
  })
  upstream.always('GET', '/v2/', replies.status(429))
  await expect(ecr.send(new GetDownloadUrlForLayerCommand(missing))).rejects.toMatchObject({
    name: 'UnableToGetUpstreamLayerException',
  })
})

test('what refers to an image upstream is brought in when referrers are asked for', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {digest, manifest} = addImage(upstream, 'v1')
  const signature = JSON.stringify({
    ...JSON.parse(manifest),
    artifactType: 'application/vnd.example.signature',
    subject: describe(manifestType, manifest),
  })
  upstream.addManifest(signature, manifestType)
  await pull(ecr, 'v1')
  const path = `/v2/org/app/referrers/${digest}`
  const list = () =>
    ecr.send(new ListImageReferrersCommand({repositoryName, subjectId: {imageDigest: digest}}))
  upstream.script('GET', path, replies.status(503))
  await expect(list()).rejects.toMatchObject({name: 'UnableToListUpstreamImageReferrersException'})
  upstream.script(
    'GET',
    path,
    replies.status(200, {}, JSON.stringify({manifests: [describe(manifestType, signature)]})),
  )
  expect((await list()).referrers).toMatchObject([{digest: sha256(signature)}])
  const asked = upstream.log().length
  const registry = await registryClient(sandbox)
  const {text} = await registry('GET', `/v2/${repositoryName}/referrers/${digest}`)
  expect(text).toContain(sha256(signature))
  expect(upstream.log()).toHaveLength(asked)
})

test('what was cached is not mounted elsewhere', async () => {
  const {sandbox, upstream, ecr} = await openCached()
  await cacheQuay(ecr)
  const {layer} = addImage(upstream, 'v1')
  await pull(ecr, 'v1')
  await putSmallImage(ecr, 'own', 'v1')
  await ecr.send(new CreateRepositoryCommand({repositoryName: 'target'}))
  await ecr.send(new PutAccountSettingCommand({name: 'BLOB_MOUNTING', value: 'ENABLED'}))
  const registry = await registryClient(sandbox)
  const mount = (from: string) =>
    registry('POST', `/v2/target/blobs/uploads/?mount=${sha256(layer)}&from=${encodeURIComponent(from)}`)
  expect((await mount(repositoryName)).status).toBe(202)
  expect((await mount('own')).status).toBe(201)
})
