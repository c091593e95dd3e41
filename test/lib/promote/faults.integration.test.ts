import {afterEach, beforeEach, expect, test} from 'vitest'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {expectImage} from '../../support/completeness.ts'
import {replies, startHostileRegistry} from '../../support/hostile-registry.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'bin/app': 'app'}], sbom: true})
const forever = Number.MAX_SAFE_INTEGER

let world: World
let target: Repository

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  target = (await world.open(prodHost)).repository('app')
  world.sandbox.clearRequests()
})

afterEach(() => world.close())

const count = (operation: string) =>
  world.sandbox.requests.filter(request => request.operation === operation).length

test('a write whose answer was lost is asked for again, and done once', async () => {
  world.sandbox.setFaults([
    {operation: 'PutImage', times: 2, kind: 'reset-after'},
    {operation: 'upload.put', kind: 'reset-after'},
  ])
  const result = await world.promote(['app:v1'])
  expect(result).toMatchObject({
    exitCode: 0,
    items: [{outcome: 'promoted', blobs: {uploaded: image.blobs.size}}],
  })
  expect(result.traffic.retries).toBe(3)
  // The image, the SBOM and the tag, two of them twice; and no blob a second time, for the first was stored.
  expect(count('PutImage')).toBe(3 + 2)
  expect(count('upload.put')).toBe(image.blobs.size)
  await expectImage(target, image, 'v1')
})

test('a link to storage whose time is over is asked for anew', async () => {
  // One after another: the third download is that of the second blob.
  const over = {operation: 'layer.download', kind: 'expired-token'} as const
  world.sandbox.setFaults([over, {...over, at: 3}])
  expect(await world.promote(['app:v1'], {concurrency: 1})).toMatchObject({exitCode: 0})
  expect(count('blob.get')).toBe(image.blobs.size + 2)
  await expectImage(target, image, 'v1')
})

test('after a day of sleep both the links to storage and the password are had anew', async () => {
  let aheadMs = 0
  const slept = await startWorld({
    now: () => Date.now() + aheadMs,
    onRequest: ({operation}) => {
      if (operation === 'layer.download') aheadMs = 24 * 60 * 60_000
    },
  })
  try {
    await slept.sandbox.seed({repositories: [dev, prod].map(at => ({...at, name: 'app'}))})
    await pushImage((await slept.open(devHost)).repository('app'), image, 'v1')
    expect(await slept.promote(['app:v1'])).toMatchObject({exitCode: 0})
    await expectImage((await slept.open(prodHost)).repository('app'), image, 'v1')
  } finally {
    await slept.close()
  }
})

test('a page of a load balancer that asks for less is no answer of AWS, and no reason to give up', async () => {
  world.sandbox.setFaults([{operation: 'BatchGetImage', kind: '429-page'}])
  expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0, traffic: {retries: 1}})
  await expectImage(target, image, 'v1')
})

test('what is refused for all images is not asked again by the questions beside it', async () => {
  const mayDescribe = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Principal: {AWS: dev.account}, Action: 'ecr:DescribeRepositories'}],
  }
  await world.sandbox.seed({repositories: [{...prod, name: 'app', policy: mayDescribe}]})
  await expect(world.promote(['app:v1'], {to: ['shared']})).rejects.toMatchObject({code: 'ACCESS_DENIED'})
  // Time for whatever would still go on.
  for (let n = 0; n < 10; n++) await target.resolve(['v1'])
  expect(world.events.filter(({type}) => type === 'retry')).toEqual([])
})

test('throttling that outlasts the retries ends with 6, and the next run goes on from there', async () => {
  world.sandbox.setFaults([{operation: 'PutImage', times: forever, kind: 'throttling'}])
  const result = await world.promote(['app:v1'], {}, {retryForMs: 300})
  expect(result).toMatchObject({
    exitCode: 6,
    items: [{outcome: 'failed', error: {code: 'THROTTLED', exitCode: 6}}],
  })
  expect(result.items[0]?.error?.message).toMatch(
    /^ECR throttled PutImage in 222222222222\/eu-west-1 for \d+ s \(\d+ tr(y|ies)\).* Run the same command again to go on\.$/,
  )
  expect(await target.resolve(['v1'])).toEqual(new Map())

  world.sandbox.setFaults([])
  world.sandbox.clearRequests()
  expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  await expectImage(target, image, 'v1')
})

test('of five images the one whose layer is lost fails alone, and the run ends with 4', async () => {
  const registry = await startHostileRegistry()
  try {
    const names = ['one', 'two', 'three', 'four', 'five']
    const images = await Promise.all(names.map(name => buildImage({layers: [{'etc/name': name}]})))
    for (const [number, {root, blobs}] of images.entries()) {
      for (const [digest, bytes] of blobs) registry.blobs.set(digest, Buffer.from(bytes))
      for (const reference of [root.digest, names[number] ?? '']) registry.manifests.set(reference, root)
    }
    const lost = images[2]?.root.blobs.at(-1)?.digest ?? ''
    registry.always('GET', `/v2/app/blobs/${lost}`, replies.error(404, 'BLOB_UNKNOWN', 'gone'))

    const references = names.map(name => `${registry.host}/app:${name}`)
    const result = await world.promote(references, {from: undefined})
    expect(result.exitCode).toBe(4)
    expect(result.items.map(({tags: [tag], outcome, error}) => [tag, outcome, error?.code])).toEqual([
      ['one', 'promoted', undefined],
      ['two', 'promoted', undefined],
      ['three', 'failed', 'BLOB_UNKNOWN'],
      ['four', 'promoted', undefined],
      ['five', 'promoted', undefined],
    ])
    expect(result.items[2]?.error?.message).toContain(lost)
    expect([...(await target.resolve(names)).keys()].toSorted()).toEqual(['five', 'four', 'one', 'two'])
  } finally {
    await registry.close()
  }
})
