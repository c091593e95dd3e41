import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type HostileRegistry, replies, startHostileRegistry} from '../../support/hostile-registry.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const layers = Array.from({length: 10}, (_, n) => ({[`layer-${n}`]: `content of layer ${n}`}))
const image = await buildImage({layers})
const signed = await buildImage({layers: [{'bin/app': 'signed'}], sbom: true})

let world: World
let source: HostileRegistry
let target: HostileRegistry

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  source = await startHostileRegistry()
  target = await startHostileRegistry()
})

afterEach(async () => {
  await Promise.all([world.close(), source.close(), target.close()])
})

/** What the other tools leave out, too. */
const bare = {referrers: false, concurrency: 8}

function serve(registry: HostileRegistry, {root, manifests, blobs}: BuiltImage, tag?: string): void {
  for (const [digest, bytes] of blobs) registry.blobs.set(digest, Buffer.from(bytes))
  for (const manifest of manifests) registry.manifests.set(manifest.digest, manifest)
  if (tag !== undefined) registry.manifests.set(tag, root)
}

/** How often each operation was asked for at ECR and STS. */
function operations(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const {operation = ''} of world.sandbox.requests) counts[operation] = (counts[operation] ?? 0) + 1
  return counts
}

const plainly = (tags: readonly string[] = ['v1']) => ({...bare, from: undefined, to: [target.host], tags})

describe('between plain registries', () => {
  test('a new image of 10 layers into a new repository is 40 requests', async () => {
    serve(source, image, 'v1')
    target.always('GET', '/v2/app/tags/list', replies.error(404, 'NAME_UNKNOWN'))
    const result = await world.promote([`${source.host}/app:v1`], plainly())
    expect(result).toMatchObject({exitCode: 0, traffic: {requests: 40, retries: 0}})
    // The manifest and 11 blobs.
    expect(source.requests).toHaveLength(1 + 11)
    // Tag, digest, largest blob, is there a repository; then the blobs, the tag again, and one write for the root and its tag.
    expect(target.requests).toHaveLength(4 + 2 * 11 + 2)
    expect(target.log().at(-1)).toBe('PUT /v2/app/manifests/v1')
  })

  test('20 images into a new repository are looked for in 4 requests', async () => {
    const tags = Array.from({length: 20}, (_, n) => `v${n}`)
    for (const tag of tags) serve(source, await buildImage({layers: [{[tag]: tag}]}), tag)
    target.always('GET', '/v2/app/tags/list', replies.error(404, 'NAME_UNKNOWN'))
    const images = tags.map(tag => `${source.host}/app:${tag}`)
    await world.promote(images, {...plainly([]), dryRun: true})
    const kinds = target.log().map(line => line.split('/').slice(0, 4).join('/'))
    // A tag, whether there is such a repository, a digest and a blob.
    expect(kinds).toEqual([
      'HEAD /v2/app/manifests',
      'GET /v2/app/tags',
      'HEAD /v2/app/manifests',
      'HEAD /v2/app/blobs',
    ])
  })

  test('a dry run says how many requests are still to be made', async () => {
    serve(source, image, 'v1')
    const images = [`${source.host}/app:v1`]
    const dry = await world.promote(images, {...plainly(['v1', 'v2']), dryRun: true})
    expect(dry.items).toMatchObject([{path: 'copy', mountFrom: null, plannedRequests: 3 * 11 + 2 * 2}])
    const done = await world.promote(images, plainly(['v1', 'v2']))
    expect(done.traffic.requests).toBe(dry.traffic.requests + 3 * 11 + 2 * 2)
  })

  test('into a repository that has others, each blob is asked for', async () => {
    serve(source, image, 'v1')
    await world.promote([`${source.host}/app:v1`], plainly())
    expect(target.requests).toHaveLength(4 + 10 + 2 * 11 + 2)
  })

  test('with nothing to do it is 2', async () => {
    serve(source, image, 'v1')
    serve(target, image, 'v1')
    const result = await world.promote([`${source.host}/app:v1`], plainly())
    expect(result.items).toMatchObject([{outcome: 'unchanged'}])
    expect([...source.log(), ...target.log()]).toEqual([
      'GET /v2/app/manifests/v1',
      'HEAD /v2/app/manifests/v1',
    ])
  })

  test('a new tag for an image that is there asks for no blob', async () => {
    serve(source, image, 'v1')
    serve(target, image)
    await world.promote([`${source.host}/app:v1`], plainly())
    expect(target.log()).toEqual([
      'HEAD /v2/app/manifests/v1',
      `HEAD /v2/app/manifests/${image.root.digest}`,
      'HEAD /v2/app/manifests/v1',
      'PUT /v2/app/manifests/v1',
    ])
  })

  test('each further tag is one question and one write of the same bytes', async () => {
    serve(source, image, 'v1')
    await world.promote([`${source.host}/app:v1`], plainly(['v1', 'v1.2', 'v1.2.3']))
    const puts = target.requests.filter(({method, url}) => method === 'PUT' && url.includes('/manifests/'))
    expect(puts.map(({url}) => url)).toEqual([
      '/v2/app/manifests/v1',
      '/v2/app/manifests/v1.2',
      '/v2/app/manifests/v1.2.3',
    ])
    expect(puts.every(({body}) => body.equals(Buffer.from(image.root.bytes)))).toBe(true)
  })

  test('a registry that does not say what it stored is asked once more', async () => {
    serve(source, image, 'v1')
    serve(target, image)
    target.always('PUT', '/v2/app/manifests/v1', (request, response) => {
      target.manifests.set('v1', {bytes: request.body, mediaType: image.root.mediaType})
      response.writeHead(201).end()
    })
    expect(await world.promote([`${source.host}/app:v1`], plainly())).toMatchObject({exitCode: 0})
    expect(target.log().slice(3)).toEqual(['PUT /v2/app/manifests/v1', 'GET /v2/app/manifests/v1'])
  })
})

describe('into ECR', () => {
  test('a new image of 10 layers is 38 requests, and two for the identity', async () => {
    serve(source, image, 'v1')
    const result = await world.promote([`${source.host}/app:v1`], {...bare, from: undefined})
    expect(result).toMatchObject({exitCode: 0, traffic: {requests: 38 + 2}})
    expect(source.requests).toHaveLength(1 + 11)
    expect(operations()).toEqual({
      GetCallerIdentity: 1,
      GetAuthorizationToken: 1,
      BatchGetImage: 2,
      BatchCheckLayerAvailability: 1,
      'upload.start': 11,
      'upload.put': 11,
      PutImage: 1,
    })
  })

  test('from ECR a new image is one more: whether the registry of the source replicates', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    world.sandbox.clearRequests()
    await world.promote(['app:v1'], bare)
    const {DescribeRegistry, ...others} = operations()
    expect(DescribeRegistry).toBe(1)
    // Blobs are read by the protocol, which needs a token and is sent on to where they are.
    expect(others).toEqual({
      GetCallerIdentity: 2,
      GetAuthorizationToken: 2,
      BatchGetImage: 3,
      BatchCheckLayerAvailability: 1,
      'blob.get': 11,
      'layer.download': 11,
      'upload.start': 11,
      'upload.put': 11,
      PutImage: 1,
    })
  })

  test('what another repository of the destination has is one more: whether ECR mounts', async () => {
    await world.sandbox.seed({repositories: [{...prod, name: 'sibling'}]})
    await pushImage((await world.open(prodHost)).repository('sibling'), image, 'v1')
    world.sandbox.clearRequests()
    const result = await world.promote([`${prodHost}/sibling:v1`], {...bare, from: undefined, as: 'app'})
    expect(result.items).toMatchObject([{outcome: 'promoted', path: 'copy', mountFrom: null}])
    expect(operations()).toMatchObject({GetAccountSetting: 1, 'upload.start': 11})
    expect(operations()).not.toHaveProperty('DescribeRegistry')
  })

  test('with nothing to do it is one for each side, and one for each identity', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    await pushImage((await world.open(prodHost)).repository('app'), image, 'v1')
    world.sandbox.clearRequests()
    const result = await world.promote(['app:v1'], bare)
    expect(result.items).toMatchObject([{outcome: 'unchanged'}])
    expect(operations()).toEqual({GetCallerIdentity: 2, BatchGetImage: 2})
  })

  test('a new tag for an image that is there is a question, another right before the write, and the write', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    await pushImage((await world.open(prodHost)).repository('app'), image)
    world.sandbox.clearRequests()
    await world.promote(['app:v1'], bare)
    const {account} = prod
    const there = world.sandbox.requests.filter(request => request.account === account)
    expect(there.map(({operation}) => operation)).toEqual([
      'GetCallerIdentity',
      'BatchGetImage',
      'BatchGetImage',
      'PutImage',
    ])
  })

  test('20 images with nothing to do are 4 in all', async () => {
    const tags = Array.from({length: 20}, (_, n) => `v${n}`)
    await world.sandbox.seed({repositories: [{...dev, name: 'app', images: tags.map(tag => ({tag}))}]})
    const images = tags.map(tag => `app:${tag}`)
    await world.promote(images, bare)
    world.sandbox.clearRequests()
    const result = await world.promote(images, bare)
    expect(result.items.every(({outcome}) => outcome === 'unchanged')).toBe(true)
    expect(operations()).toEqual({GetCallerIdentity: 2, BatchGetImage: 2})
  })

  test('settings are asked for only where a tag moves', async () => {
    await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
    await pushImage((await world.open(prodHost)).repository('app'), signed, 'v1')
    world.sandbox.clearRequests()
    await world.promote(['app:v1'], bare)
    expect(operations()).toMatchObject({DescribeRepositories: 1, PutImage: 1})
  })

  test('what refers to an image is there before its tag is', async () => {
    await pushImage((await world.open(devHost)).repository('app'), signed, 'v1')
    world.sandbox.clearRequests()
    await world.promote(['app:v1'])
    expect(operations()).toMatchObject({PutImage: 3})
    const target = (await world.open(prodHost)).repository('app')
    expect((await target.referrers(signed.root.digest)).map(({digest}) => digest)).toEqual(
      signed.referrers.map(({digest}) => digest),
    )
  })
})
