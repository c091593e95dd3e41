import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {expectImage} from '../../support/completeness.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64', variant: 'v8'},
]
const index = await buildImage({layers: [{'bin/hello': 'hello'}], platforms, attestation: true, sbom: true})
const single = await buildImage({layers: [{'bin/hello': 'single'}, {'etc/conf': 'x'}]})
const other = await buildImage({layers: [{'bin/hello': 'other'}]})

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

function mutations(): string[] {
  return world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation ?? '')
}

describe('a promotion', () => {
  test('of an index carries every platform, the attestation and the SBOM, byte for byte', async () => {
    await pushImage(source, index, 'v1')
    const result = await world.promote(['app:v1'])
    expect(result).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'promoted', digest: index.root.digest, referrers: 1}],
    })
    await expectImage(target, index, 'v1')
    const referrers = await target.referrers(index.root.digest)
    expect(referrers.map(({digest}) => digest)).toEqual(index.referrers.map(({digest}) => digest))
  })

  test('carries a referrer that is an index with what that names', async () => {
    await pushImage(source, single, 'v1')
    await pushImage(source, other)
    const document = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      artifactType: 'application/vnd.example.bundle',
      manifests: [
        {mediaType: other.root.mediaType, digest: other.root.digest, size: other.root.bytes.length},
      ],
      subject: {mediaType: single.root.mediaType, digest: single.root.digest, size: single.root.bytes.length},
    }
    const bundle = parseManifest(Buffer.from(JSON.stringify(document)))
    await source.putManifest(bundle)
    expect(await world.promote(['app:v1'])).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'promoted', referrers: 2}],
    })
    expect((await target.referrers(single.root.digest)).map(({digest}) => digest)).toEqual([bundle.digest])
    expect(await target.presentManifests([other.root])).toEqual(new Set([other.root.digest]))
  })

  test('of several images to several destinations and tags', async () => {
    await world.sandbox.seed({repositories: [{...prod, region: 'us-east-1', name: 'app'}]})
    await pushImage(source, index, 'v1')
    await pushImage(source, single, 'v2')
    const result = await world.promote(['app:v1', `app@${single.root.digest}`], {to: ['prod', 'dr']})
    expect(result.items.map(({outcome, destination}) => [outcome, destination])).toEqual([
      ['promoted', 'prod@eu-west-1'],
      ['promoted', 'dr@us-east-1'],
      ['promoted', 'prod@eu-west-1'],
      ['promoted', 'dr@us-east-1'],
    ])
    const far = (await world.open('222222222222.dkr.ecr.us-east-1.amazonaws.com')).repository('app')
    await expectImage(far, index, 'v1')
    expect(await far.presentManifests([single.root])).toEqual(new Set([single.root.digest]))
    expect(await far.resolve(['v2'])).toEqual(new Map())
  })

  test('that is repeated makes no mutating request, and says what it cost', async () => {
    await pushImage(source, index, 'v1')
    await world.promote(['app:v1'])
    world.sandbox.clearRequests()
    const result = await world.promote(['app:v1'])
    expect(result).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'unchanged'}],
      traffic: {mutatingRequests: 0},
    })
    expect(mutations()).toEqual([])
    expect(result.traffic.requests).toBe(world.sandbox.requests.length)
  })

  test('sends blobs that two images share once', async () => {
    const base = {'usr/base': 'shared'}
    const [one, two] = await Promise.all(
      ['1', '2'].map(name => buildImage({layers: [base, {'etc/name': name}]})),
    )
    if (one === undefined || two === undefined) throw new Error('two images were built')
    await pushImage(source, one, 'one')
    await pushImage(source, two, 'two')
    world.sandbox.clearRequests()
    await world.promote(['app:one', 'app:two'])
    const blobs = new Set([...one.blobs.keys(), ...two.blobs.keys()])
    expect(world.sandbox.requests.filter(({operation}) => operation === 'upload.start')).toHaveLength(
      blobs.size,
    )
  })

  test('of a tag that exists with the same digest leaves an immutable tag alone, and is success', async () => {
    await world.sandbox.seed({repositories: [{...prod, name: 'app', tagMutability: 'IMMUTABLE'}]})
    await pushImage(source, single, 'v1')
    await pushImage(target, single, 'v1')
    expect(await world.promote(['app:v1'])).toMatchObject({exitCode: 0, items: [{outcome: 'unchanged'}]})
  })

  test('to an immutable tag that holds another digest is refused before anything is written', async () => {
    await world.sandbox.seed({repositories: [{...prod, name: 'app', tagMutability: 'IMMUTABLE'}]})
    await pushImage(source, single, 'v1')
    await pushImage(target, other, 'v1')
    world.sandbox.clearRequests()
    expect(await world.promote(['app:v1'])).toMatchObject({
      exitCode: 7,
      items: [{outcome: 'failed', error: {code: 'TAG_IMMUTABLE'}}],
    })
    expect(mutations()).toEqual([])
  })

  test('moves a mutable tag and records what it was', async () => {
    await pushImage(source, single, 'v1')
    await pushImage(target, other, 'v1')
    const result = await world.promote(['app:v1'])
    expect(result.items).toMatchObject([
      {tagChanges: [{tag: 'v1', before: other.root.digest, after: single.root.digest}]},
    ])
    const lines = (await readFile(result.record ?? '', 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({
      type: 'promotion',
      callers: [{account: prod.account}, {account: dev.account}],
    })
    expect(lines).toContainEqual(
      expect.objectContaining({
        type: 'intent',
        verb: 'tag',
        before: other.root.digest,
        after: single.root.digest,
      }),
    )
    expect(lines.at(-1)).toMatchObject({type: 'end', exitCode: 0})
    const intents = lines.filter(({type}) => type === 'intent').map(({id}) => id)
    const outcomes = lines
      .filter(({type, result}) => type === 'outcome' && result === 'done')
      .map(({id}) => id)
    expect(new Set(outcomes)).toEqual(new Set(intents))
  })

  test('into a repository that does not exist says so, and creates it when asked to', async () => {
    await pushImage(source, single, 'v1')
    const missing = await world.promote(['app:v1'], {as: 'new/app'})
    expect(missing).toMatchObject({exitCode: 4, items: [{error: {code: 'REPOSITORY_NOT_FOUND'}}]})
    expect(await world.promote(['app:v1'], {as: 'new/app', createRepositories: true})).toMatchObject({
      exitCode: 0,
    })
    await expectImage((await world.open(prodHost)).repository('new/app'), single, 'v1')
  })

  test('of one image that is missing does not stop the others, and ends with 4', async () => {
    await pushImage(source, single, 'v1')
    const result = await world.promote(['app:v0', 'app:v1'])
    expect(result.exitCode).toBe(4)
    expect(result.items.map(({tags, outcome, error}) => [...tags, outcome, error?.code])).toEqual(
      expect.arrayContaining([
        ['v0', 'failed', 'IMAGE_NOT_FOUND'],
        ['v1', 'promoted', undefined],
      ]),
    )
  })

  test('mounts what another repository of the destination has, where the registry allows', async () => {
    await world.sandbox.seed({repositories: [{...dev, name: 'copy'}]})
    await enableMounting()
    await pushImage(source, single, 'v1')
    world.sandbox.clearRequests()
    const result = await world.promote(['app:v1'], {to: ['dev'], as: 'copy'})
    expect(result.items).toMatchObject([
      {outcome: 'promoted', blobs: {uploaded: 0, mounted: single.blobs.size}},
    ])
    expect(result.traffic.bytesSent).toBeLessThan(20_000)
  })
})

describe('two regions of one account', () => {
  test('are two destinations with one identity', async () => {
    await world.sandbox.seed({repositories: [{...prod, region: 'us-east-1', name: 'app'}]})
    await pushImage(source, single, 'v1')
    expect(
      (await world.promote(['app:v1'], {to: [prodHost, '222222222222.dkr.ecr.us-east-1.amazonaws.com']}))
        .exitCode,
    ).toBe(0)
  })
})

describe('ECR Public', () => {
  const operations = () => world.sandbox.requests.map(({operation}) => operation)

  test('is pushed to with an identity and its token', async () => {
    await pushImage(source, single, 'v1')
    world.sandbox.clearRequests()
    // The sandbox has no ECR Public registry: what matters is what is asked before.
    await world
      .promote(
        ['app:v1'],
        {to: ['public.ecr.aws/alias']},
        {
          aws: {
            env: {AWS_ACCESS_KEY_ID: dev.account},
            sandboxUrl: world.sandbox.url,
            now: Date.now,
            signal: AbortSignal.timeout(20_000),
          },
        },
      )
      .catch(() => undefined)
    const {requests} = world.sandbox
    expect(operations().filter(operation => operation === 'GetCallerIdentity')).toHaveLength(2)
    expect(
      requests.some(({operation, region}) => operation === 'GetAuthorizationToken' && region === 'us-east-1'),
    ).toBe(true)
  })

  test('is pulled from by nobody in particular', async () => {
    world.sandbox.clearRequests()
    await world.promote(['app:v1'], {from: 'public.ecr.aws'}).catch(() => undefined)
    expect(operations().filter(operation => operation === 'GetCallerIdentity')).toHaveLength(1)
    expect(operations()).not.toContain('GetAuthorizationToken')
  })
})

describe('a dry run', () => {
  test('shows what would be done and changes nothing', async () => {
    await pushImage(source, index, 'v1')
    world.sandbox.clearRequests()
    const result = await world.promote(['app:v1'], {dryRun: true})
    expect(result).toMatchObject({
      exitCode: 0,
      record: null,
      items: [{outcome: 'planned', tagChanges: [{tag: 'v1', before: null}]}],
    })
    expect(mutations()).toEqual([])
  })
})

describe('a saved plan', () => {
  const saved = () => join(world.folder, 'plan.json')

  test('is applied though the source tag moved: what was planned arrives', async () => {
    await pushImage(source, index, 'v1')
    await world.promote(['app:v1'], {out: saved()})
    await pushImage(source, other, 'v1')
    expect(await world.promote([], {plan: saved()})).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'promoted'}],
    })
    await expectImage(target, index, 'v1')
  })

  test('that is applied twice changes nothing the second time', async () => {
    await pushImage(source, index, 'v1')
    await world.promote(['app:v1'], {out: saved()})
    await world.promote([], {plan: saved()})
    world.sandbox.clearRequests()
    expect(await world.promote([], {plan: saved()})).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'unchanged'}],
    })
    expect(mutations()).toEqual([])
  })

  test('is applied as it was made: without referrers, and with the repository that it creates', async () => {
    await pushImage(source, index, 'v1')
    await world.promote(['app:v1'], {out: saved(), as: 'new/app', referrers: false, createRepositories: true})
    const result = await world.promote([], {plan: saved(), referrers: true, createRepositories: false})
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', referrers: 0}]})
    const made = (await world.open(prodHost)).repository('new/app')
    expect(await made.referrers(index.root.digest)).toEqual([])
  })

  test('is refused as stale when the source has an SBOM that it had not', async () => {
    const bare = {...index, referrers: []}
    await pushImage(source, bare, 'v1')
    await world.promote(['app:v1'], {out: saved()})
    await pushImage(source, index, 'v1')
    world.sandbox.clearRequests()
    await expect(world.promote([], {plan: saved()})).rejects.toMatchObject({code: 'PLAN_STALE', exitCode: 7})
    expect(mutations()).toEqual([])
  })

  test('is refused as stale when a destination tag moved since', async () => {
    await pushImage(source, single, 'v1')
    await world.promote(['app:v1'], {out: saved()})
    await pushImage(target, other, 'v1')
    world.sandbox.clearRequests()
    await expect(world.promote([], {plan: saved()})).rejects.toMatchObject({code: 'PLAN_STALE', exitCode: 7})
    expect(mutations()).toEqual([])
  })
})

/** The account setting that ECR wants before it mounts anything (ECR user guide, blob-mounting). */
async function enableMounting(): Promise<void> {
  const {ECRClient, PutAccountSettingCommand} = await import('@aws-sdk/client-ecr')
  const credentials = {accessKeyId: dev.account, secretAccessKey: 'sandbox'}
  const client = new ECRClient({endpoint: world.sandbox.url, region: dev.region, credentials})
  await client.send(new PutAccountSettingCommand({name: 'BLOB_MOUNTING', value: 'ENABLED'}))
  client.destroy()
}
