import {afterEach, beforeEach, expect, test} from 'vitest'
import {type HostileRegistry, replies, startHostileRegistry} from '../../support/hostile-registry.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, startWorld, type World} from '../../support/world.ts'

const content = Buffer.alloc(3 * 1024 * 1024, 'not compressed away').map((byte, n) => byte ^ ((n * n) % 251))
const image = await buildImage({layers: [{base: content}, {'bin/app': 'app'}, {'etc/app': 'configuration'}]})
const largest = image.root.blobs.toSorted((one, other) => other.size - one.size)[0]

let world: World
let targets: HostileRegistry[]

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  world.sandbox.clearRequests()
  targets = await Promise.all(Array.from({length: 5}, () => startHostileRegistry()))
})

afterEach(async () => {
  await Promise.all([world.close(), ...targets.map(target => target.close())])
})

const promote = () =>
  world.promote(['app:v1'], {to: targets.map(({host}) => host), referrers: false, concurrency: 8})

const reads = () => world.sandbox.requests.filter(({operation}) => operation === 'layer.download').length

function expectEverywhere(): void {
  for (const target of targets) {
    expect(Buffer.from(target.manifests.get('v1')?.bytes ?? [])).toEqual(Buffer.from(image.root.bytes))
    for (const [digest, bytes] of image.blobs) expect(target.blobs.get(digest)?.equals(bytes)).toBe(true)
  }
}

test('to five registries reads each blob of the source once', async () => {
  const result = await promote()
  expect(result).toMatchObject({exitCode: 0, traffic: {retries: 0}})
  expect(result.items).toHaveLength(5)
  expect(reads()).toBe(image.blobs.size)
  expectEverywhere()
})

test('one of them that cuts an upload reads that blob again alone, and the others go on', async () => {
  targets[2]?.script('PUT', '/v2/app/blobs/uploads/', replies.reset())
  const result = await promote()
  expect(result).toMatchObject({exitCode: 0, traffic: {retries: 1}})
  expect(reads()).toBe(image.blobs.size + 1)
  expectEverywhere()
})

test('one of them that refuses to take anything fails alone', async () => {
  targets[1]?.always('POST', '/v2/app/blobs/uploads/', replies.error(403, 'DENIED', 'not yours'))
  const result = await promote()
  expect(result.exitCode).toBe(4)
  expect(result.items.map(({outcome}) => outcome)).toEqual([
    'promoted',
    'failed',
    'promoted',
    'promoted',
    'promoted',
  ])
  expect(reads()).toBe(image.blobs.size)
})

test('one of them that has a blob does not keep the others waiting for it', async () => {
  const {digest} = largest ?? {digest: 'sha256:' as const}
  targets[0]?.blobs.set(digest, Buffer.from(image.blobs.get(digest) ?? []))
  const result = await promote()
  expect(result).toMatchObject({exitCode: 0})
  expect(result.items[0]?.blobs.uploaded).toBe(image.blobs.size - 1)
  expect(reads()).toBe(image.blobs.size)
  expectEverywhere()
})
