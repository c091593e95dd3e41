import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {type Manifest, parseManifest} from '../../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../../src/lib/oci/media-types.ts'
import type {Repository} from '../../../../src/lib/oci/registry.ts'
import {buildImage, pushImage} from '../../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
  {os: 'linux', architecture: 'arm', variant: 'v7'},
]
const layers = [{'bin/hello': 'hello'}]
const index = await buildImage({layers, platforms, attestation: true, sbom: true})
const single = await buildImage({layers})
const attested = await buildImage({layers, platforms: platforms.slice(0, 1), attestation: true})
const [amd64, arm64] = index.manifests
if (amd64 === undefined || arm64 === undefined) throw new TypeError('the index has these')

let world: World
let source: Repository
let target: Repository

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  source = (await world.open(devHost)).repository('app')
  target = (await world.open(prodHost)).repository('app')
})

afterEach(() => world.close())

async function at(repository: Repository, reference: string): Promise<Manifest | undefined> {
  return (await repository.manifests([reference])).get(reference)
}

test('one platform of an index is promoted as its own manifest, byte for byte, and nothing else', async () => {
  await pushImage(source, index, 'v1')
  const result = await world.promote(['app:v1'], {platforms: ['linux/arm64']})
  expect(result).toMatchObject({
    exitCode: 0,
    items: [
      {
        outcome: 'promoted',
        sourceDigest: index.root.digest,
        digest: arm64.digest,
        manifests: 1,
        referrers: 0,
      },
    ],
  })
  expect((await at(target, 'v1'))?.bytes).toEqual(arm64.bytes)
  expect(await target.presentManifests([amd64, index.root])).toEqual(new Set())
})

test('what refers to the platform itself goes along', async () => {
  await pushImage(source, index, 'v1')
  const subject = {mediaType: arm64.mediaType, digest: arm64.digest, size: arm64.bytes.length}
  const [config] = arm64.blobs
  const document = {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [], subject}
  const signature = parseManifest(Buffer.from(JSON.stringify(document)))
  await source.putManifest(signature)
  expect(await world.promote(['app:v1'], {platforms: ['linux/arm64']})).toMatchObject({
    items: [{referrers: 1}],
  })
  expect((await target.referrers(arm64.digest)).map(({digest}) => digest)).toEqual([signature.digest])
})

test('several platforms become an index with their descriptors and attestations as they were', async () => {
  await pushImage(source, index, 'v1')
  const result = await world.promote(['app:v1'], {platforms: ['linux/arm64', 'linux/amd64']})
  const written = await at(target, 'v1')
  expect(result).toMatchObject({
    exitCode: 0,
    items: [{sourceDigest: index.root.digest, digest: written?.digest, manifests: 5}],
  })
  const original = JSON.parse(Buffer.from(index.root.bytes).toString()) as {manifests: object[]}
  expect(JSON.parse(Buffer.from(written?.bytes ?? []).toString())).toEqual({
    ...original,
    manifests: [0, 1, 3, 4].map(position => original.manifests[position]),
  })
  expect(written?.children).toHaveLength(4)
})

test('an index that is for the platform alone keeps its digest and its attestation', async () => {
  await pushImage(source, attested, 'v1')
  expect(await world.promote(['app:v1'], {platforms: ['linux/amd64']})).toMatchObject({
    items: [{sourceDigest: attested.root.digest, digest: attested.root.digest, manifests: 3}],
  })
})

test('an image that is no index goes by what its config says', async () => {
  await pushImage(source, single, 'v1')
  expect(await world.promote(['app:v1'], {platforms: ['linux/amd64']})).toMatchObject({
    exitCode: 0,
    items: [{digest: single.root.digest, sourceDigest: single.root.digest}],
  })
  expect(await world.promote(['app:v1'], {platforms: ['linux/s390x']})).toMatchObject({
    exitCode: 4,
    items: [{error: {code: 'PLATFORM_NOT_FOUND'}}],
  })
})

test('a platform that the index does not have is refused with those that it has', async () => {
  await pushImage(source, index, 'v1')
  const result = await world.promote(['app:v1'], {platforms: ['linux/amd64', 'windows/amd64']})
  expect(result).toMatchObject({exitCode: 4, items: [{error: {code: 'PLATFORM_NOT_FOUND'}}]})
  expect(result.items[0]?.error?.message).toMatch(
    /nothing for windows\/amd64; it has linux\/amd64, linux\/arm64, linux\/arm\/v7\./,
  )
  expect(await target.resolve(['v1'])).toEqual(new Map())
})

test('a second run has nothing to do, and a saved plan knows its platforms', async () => {
  await pushImage(source, index, 'v1')
  const out = join(world.folder, 'plan.json')
  await world.promote(['app:v1'], {out, platforms: ['linux/amd64', 'linux/arm64']})
  expect(await world.promote([], {plan: out})).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  expect(await world.promote([], {plan: out})).toMatchObject({items: [{outcome: 'unchanged'}]})
  expect(await world.promote(['app:v1'], {platforms: ['linux/amd64', 'linux/arm64']})).toMatchObject({
    items: [{outcome: 'unchanged', sourceDigest: index.root.digest}],
  })
})

test('a word that is no platform is refused before anything is sent', async () => {
  world.sandbox.clearRequests()
  await expect(world.promote(['app:v1'], {platforms: ['arm64']})).rejects.toMatchObject({
    code: 'INVALID_PLATFORM',
    exitCode: 2,
  })
  expect(world.sandbox.requests).toEqual([])
})
