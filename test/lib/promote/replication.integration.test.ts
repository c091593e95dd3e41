import {BatchDeleteImageCommand, PutRegistryPolicyCommand} from '@aws-sdk/client-ecr'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import type {PromotionOrder} from '../../../src/lib/promote/run.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {prod, prodHost, startWorld, type World} from '../../support/world.ts'
import {away, client, delay, home, replicateTo} from '../sandbox/replication-support.ts'

const image = await buildImage({
  layers: [{'bin/app': 'app'}, {'etc/conf': 'x'}],
  platforms: [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ],
  sbom: true,
})
const other = await buildImage({layers: [{'bin/app': 'other'}]})
const drHost = ecrHost({...prod, region: away})

let world: World
let source: Repository
let target: Repository
let now: number
let whileWaiting: () => Promise<void>

beforeEach(async () => {
  world = await startWorld({durations: {replication: delay}})
  now = Date.now()
  whileWaiting = () => Promise.resolve()
  await world.sandbox.setClock(now)
  await world.sandbox.seed({repositories: [{...prod, name: 'app'}]})
  source = (await world.open(prodHost)).repository('app')
  target = (await world.open(drHost)).repository('app')
})

afterEach(() => world.close())

/** From `prod` to `dr`, where waiting takes no time but on the clocks of the sandbox and of the promotion. */
function promote(words: Partial<PromotionOrder> = {}, replicationWaitMs = 60_000) {
  const wait = async (ms: number) => {
    await whileWaiting()
    now += ms
    await world.sandbox.advanceClock(ms)
  }
  const {images = ['app:v1']} = words
  return world.promote(
    images,
    {from: 'prod', to: ['dr'], ...words},
    {
      aws: {
        env: {},
        sandboxUrl: world.sandbox.url,
        now: () => now,
        signal: AbortSignal.timeout(60_000),
        wait,
      },
      replicationWaitMs,
    },
  )
}

function replicate(...prefixes: string[]) {
  return replicateTo(
    client(world.sandbox, home, prod.account),
    [{region: away, registryId: prod.account}],
    prefixes,
  )
}

function operations(): string[] {
  return world.sandbox.requests.map(({operation}) => operation ?? '')
}

const questions = ['DescribeRegistry', 'DescribeImageReplicationStatus']

function asked(): string[] {
  return operations().filter(operation => questions.includes(operation))
}

test('an image that is on its way is waited for, and sent by nobody', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  world.sandbox.clearRequests()
  const dry = await promote({dryRun: true})
  expect(dry.items).toMatchObject([
    {outcome: 'planned', path: 'replication', blobs: {uploaded: 0, mounted: 0, bytes: 0}, mountFrom: null},
  ])
  expect(asked()).toEqual(questions)

  world.sandbox.clearRequests()
  const {items, exitCode} = await promote()
  expect(exitCode).toBe(0)
  expect(items).toMatchObject([{outcome: 'promoted', path: 'replication', blobs: {uploaded: 0, bytes: 0}}])
  expect(operations().filter(operation => /^upload|PutImage|CreateRepository/.test(operation))).toEqual([])
  expect((await target.resolve(['v1'])).get('v1')).toBe(image.root.digest)
})

test('its tags are still ours to move, and nothing is promoted before it is there', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  const {items} = await promote({tags: ['stable']})
  expect(items).toMatchObject([{path: 'replication', tagChanges: [{tag: 'stable', before: null}]}])
  expect(await target.resolve(['v1', 'stable'])).toEqual(
    new Map([
      ['v1', image.root.digest],
      ['stable', image.root.digest],
    ]),
  )
  expect(await target.presentManifests(image.manifests)).toHaveLength(image.manifests.length)
})

test('what takes longer than we wait for is copied', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  const {items, exitCode} = await promote({createRepositories: true}, delay - 1)
  expect(exitCode).toBe(0)
  expect(items).toMatchObject([{outcome: 'promoted', path: 'copy'}])
  expect(items[0]?.blobs.uploaded).toBeGreaterThan(0)
  expect((await target.resolve(['v1'])).get('v1')).toBe(image.root.digest)
})

test('a run waits but once, however many images do not come', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  await pushImage(source, other, 'v2')
  await world.sandbox.seed({repositories: [{...prod, region: away, name: 'app'}]})
  const startedAt = now
  const {items} = await promote({images: ['app:v1', 'app:v2'], concurrency: 1}, delay - 1)
  expect(items.map(({path}) => path)).toEqual(['copy', 'copy'])
  expect(now - startedAt).toBeLessThan(delay)
})

test('replication that fails meanwhile is no longer waited for', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  const rest = {
    Version: '2012-10-17',
    Statement: [{Sid: 'no', Effect: 'Deny', Principal: '*', Action: 'ecr:ReplicateImage', Resource: '*'}],
  }
  await client(world.sandbox, away, prod.account).send(
    new PutRegistryPolicyCommand({policyText: JSON.stringify(rest)}),
  )
  const startedAt = now
  const {items} = await promote({createRepositories: true}, 10 * 60_000)
  expect(items).toMatchObject([{outcome: 'promoted', path: 'copy'}])
  expect(now - startedAt).toBeLessThan(2 * delay)
})

test('what arrived and was deleted there is copied without a wait', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  await world.sandbox.advanceClock(delay)
  const imageIds = [{imageDigest: image.root.digest}]
  await client(world.sandbox, away, prod.account).send(
    new BatchDeleteImageCommand({repositoryName: 'app', imageIds}),
  )
  const startedAt = now
  // The manifests of the platforms stay there, and their blobs.
  expect((await promote()).items).toMatchObject([{outcome: 'promoted', path: 'copy', manifests: 1}])
  expect(now).toBe(startedAt)
  expect((await target.resolve(['v1'])).get('v1')).toBe(image.root.digest)
})

test('a tag that somebody else makes while we wait is left alone', async () => {
  await replicate('app')
  await world.sandbox.seed({repositories: [{...prod, region: away, name: 'app'}]})
  await pushImage(source, image, 'v1')
  whileWaiting = () => pushImage(target, other, 'stable')
  const {items, exitCode} = await promote({tags: ['stable']})
  expect(items).toMatchObject([{outcome: 'failed', error: {code: 'TAG_MOVED'}}])
  expect(exitCode).toBe(7)
  expect((await target.resolve(['stable'])).get('stable')).toBe(other.root.digest)
})

test('nobody is asked about an image for which no rule is there', async () => {
  await replicate('team/')
  await pushImage(source, image, 'v1')
  await world.sandbox.seed({repositories: [{...prod, region: away, name: 'app'}]})
  world.sandbox.clearRequests()
  expect((await promote()).items).toMatchObject([{outcome: 'promoted', path: 'copy'}])
  expect(asked()).toEqual(['DescribeRegistry'])
})

test('who may not ask copies, and is told nothing', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  await world.sandbox.seed({repositories: [{...prod, region: away, name: 'app'}]})
  for (const operation of questions) {
    world.sandbox.setFaults([{kind: 'exception', exception: 'AccessDeniedException', operation}])
    const {items, exitCode} = await promote({dryRun: true})
    expect(exitCode).toBe(0)
    expect(items).toMatchObject([{path: 'copy', error: null}])
  }
})

test('the rules are asked for once for all images, and how far an image is once for all destinations', async () => {
  const third = 'ap-southeast-2'
  await replicateTo(client(world.sandbox, home, prod.account), [
    {region: away, registryId: prod.account},
    {region: third, registryId: prod.account},
  ])
  await pushImage(source, image, 'v1')
  await pushImage(source, other, 'v2')
  world.sandbox.clearRequests()
  const to = [drHost, ecrHost({...prod, region: third})]
  const {items} = await promote({images: ['app:v1', 'app:v2'], to, dryRun: true})
  expect(items.map(({path}) => path)).toEqual(Array(4).fill('replication'))
  expect(asked().toSorted()).toEqual([
    'DescribeImageReplicationStatus',
    'DescribeImageReplicationStatus',
    'DescribeRegistry',
  ])
})

test('nobody is asked where no byte would move', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  await world.sandbox.advanceClock(delay)
  world.sandbox.clearRequests()
  expect((await promote({tags: ['stable']})).items).toMatchObject([{path: 'tag'}])
  expect(asked()).toEqual([])
})

test('what goes under another name does not come by replication', async () => {
  await replicate('app')
  await pushImage(source, image, 'v1')
  world.sandbox.clearRequests()
  const {items} = await promote({as: 'renamed', createRepositories: true, dryRun: true})
  expect(items).toMatchObject([{path: 'copy'}])
  expect(asked()).toEqual([])
})
