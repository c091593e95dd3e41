import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {BatchDeleteImageCommand, ECRClient} from '@aws-sdk/client-ecr'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {rollback} from '../../support/rollback.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const [old, image, intruder] = await Promise.all(
  ['old', 'new', 'intruder'].map(name => buildImage({layers: [{'etc/name': name}]})),
)
if (old === undefined || image === undefined || intruder === undefined)
  throw new Error('three images were built')

let world: World
let source: Repository
let target: Repository
let record: string

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
  await pushImage(source, image, 'v1', 'v2', 'fresh')
  await pushImage(target, old, 'v1', 'v2')
  const promoted = await world.promote(['app:v1', 'app:v2', 'app:fresh'])
  record = promoted.record ?? ''
  world.sandbox.clearRequests()
})

afterEach(() => world.close())

function writes(): string[] {
  return world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation ?? '')
}

async function digestsOf(...tags: string[]) {
  const found = await target.resolve(tags)
  return tags.map(tag => found.get(tag))
}

function outcomes(items: readonly {tag: string; outcome: string; error: {code: string} | null}[]) {
  return Object.fromEntries(items.map(({tag, outcome, error}) => [tag, error?.code ?? outcome]))
}

describe('a rollback', () => {
  test('puts moved tags back, and says of a tag that the run created that it is not removed', async () => {
    const result = await rollback(world, record)
    expect(result.exitCode).toBe(0)
    expect(outcomes(result.items)).toEqual({v1: 'restored', v2: 'restored', fresh: 'not-removed'})
    expect(await digestsOf('v1', 'v2', 'fresh')).toEqual([
      old.root.digest,
      old.root.digest,
      image.root.digest,
    ])
    expect(writes()).toEqual(['PutImage', 'PutImage'])
  })

  test('that is repeated changes nothing, asks nobody and leaves no record', async () => {
    await rollback(world, record)
    world.sandbox.clearRequests()
    const confirm = () => Promise.reject(new Error('asked about nothing'))
    const again = await rollback(world, record, {}, {confirm})
    expect(again).toMatchObject({exitCode: 0, record: null})
    expect(outcomes(again.items)).toEqual({v1: 'unchanged', v2: 'unchanged', fresh: 'not-removed'})
    expect(writes()).toEqual([])
  })

  test('leaves alone a tag that somebody moved since, and puts the others back: exit 4, the item says 7', async () => {
    await pushImage(target, intruder, 'v1')
    const result = await rollback(world, record)
    expect(result.exitCode).toBe(4)
    expect(outcomes(result.items)).toEqual({v1: 'TAG_MOVED', v2: 'restored', fresh: 'not-removed'})
    expect(result.items.find(({tag}) => tag === 'v1')?.error).toMatchObject({exitCode: 7})
    expect(await digestsOf('v1', 'v2')).toEqual([intruder.root.digest, old.root.digest])
  })

  test('sees a tag that moves between the look and the write', async () => {
    const confirm = async () => {
      await pushImage(target, intruder, 'v1')
      return true
    }
    const result = await rollback(world, record, {}, {confirm})
    expect(outcomes(result.items)).toMatchObject({v1: 'TAG_MOVED', v2: 'restored'})
    expect(await digestsOf('v1')).toEqual([intruder.root.digest])
  })

  test('says in one line that the image of before is gone', async () => {
    await deleteImage(old.root.digest)
    const result = await rollback(world, record)
    expect(outcomes(result.items)).toMatchObject({v1: 'PREVIOUS_IMAGE_GONE', v2: 'PREVIOUS_IMAGE_GONE'})
    expect(result.items.find(({tag}) => tag === 'v1')?.error?.message).toBe(
      `${prodHost}/app:v1 was ${old.root.digest}, which the registry does not have any more. The tag was left at ${image.root.digest}. Promote that image again.`,
    )
    expect(writes().filter(operation => operation !== 'BatchDeleteImage')).toEqual([])
  })

  test('does not move tags that became immutable', async () => {
    await world.sandbox.seed({repositories: [{...prod, name: 'app', tagMutability: 'IMMUTABLE'}]})
    const result = await rollback(world, record)
    expect(outcomes(result.items)).toMatchObject({v1: 'TAG_IMMUTABLE', v2: 'TAG_IMMUTABLE'})
    expect(writes()).toEqual([])
  })

  test('writes nothing without consent, which names how many tags, where and as whom', async () => {
    const asked: unknown[] = []
    const result = await rollback(
      world,
      record,
      {},
      {
        confirm: question => {
          asked.push(question)
          return Promise.resolve(false)
        },
      },
    )
    expect(asked).toMatchObject([
      {tags: 2, repositories: 1, destinations: ['prod@eu-west-1'], callers: [{account: prod.account}]},
    ])
    expect(result).toMatchObject({exitCode: 0, record: null})
    expect(outcomes(result.items)).toMatchObject({v1: 'planned', v2: 'planned'})
    expect(writes()).toEqual([])
  })

  test('of a rollback promotes again', async () => {
    const {record: own} = await rollback(world, record)
    expect(outcomes((await rollback(world, own)).items)).toEqual({v1: 'restored', v2: 'restored'})
    expect(await digestsOf('v1', 'v2')).toEqual([image.root.digest, image.root.digest])
  })

  test('is recorded: what it rolls back, by whom, and each tag with its intent', async () => {
    const {record: own, callers} = await rollback(world, record)
    const text = await readFile(own ?? '', 'utf8')
    const lines = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({type: 'rollback', schemaVersion: 1, of: record, callers})
    expect(lines.filter(({type}) => type === 'intent')).toMatchObject([
      {verb: 'tag', before: image.root.digest, after: old.root.digest},
      {verb: 'tag', before: image.root.digest, after: old.root.digest},
    ])
    expect(lines.filter(({type}) => type === 'item')).toHaveLength(3)
    expect(lines.at(-1)).toMatchObject({type: 'end', exitCode: 0})
  })
})

describe('the record of a run that was killed', () => {
  test('has an intent without outcome: the registry says whether the tag moved', async () => {
    const lines = (await readFile(record, 'utf8')).trimEnd().split('\n')
    const intents = lines.filter(line => line.includes('"verb":"tag"'))
    const cut = join(world.folder, 'cut.jsonl')
    // Half a line at the end is what a kill in the middle of a write leaves.
    await writeFile(cut, `${[lines[0], ...intents].join('\n')}\n{"type":"inte`)
    await pushImage(target, old, 'v2')
    const result = await rollback(world, cut)
    expect(outcomes(result.items)).toEqual({v1: 'restored', v2: 'unchanged', fresh: 'not-removed'})
  })
})

describe('a saved plan', () => {
  const plan = () => join(world.folder, 'rollback.json')

  test('is made without a write and applied once', async () => {
    expect(await rollback(world, record, {out: plan()})).toMatchObject({planFile: plan(), record: null})
    expect(writes()).toEqual([])
    const applied = await rollback(world, null, {plan: plan()})
    expect(outcomes(applied.items)).toEqual({v1: 'restored', v2: 'restored'})
    world.sandbox.clearRequests()
    const again = await rollback(world, null, {plan: plan()})
    expect(outcomes(again.items)).toEqual({v1: 'unchanged', v2: 'unchanged'})
    expect(writes()).toEqual([])
  })

  test('that was edited is refused', async () => {
    await rollback(world, record, {out: plan()})
    const text = await readFile(plan(), 'utf8')
    await writeFile(plan(), text.replaceAll(old.root.digest, intruder.root.digest))
    await expect(rollback(world, null, {plan: plan()})).rejects.toMatchObject({
      code: 'PLAN_EDITED',
      exitCode: 7,
    })
  })

  test('does no harm to a tag that moved since', async () => {
    await rollback(world, record, {out: plan()})
    await pushImage(target, intruder, 'v1')
    const result = await rollback(world, null, {plan: plan()})
    expect(outcomes(result.items)).toEqual({v1: 'TAG_MOVED', v2: 'restored'})
  })
})

test('a dry run writes nothing', async () => {
  const result = await rollback(world, record, {dryRun: true})
  expect(outcomes(result.items)).toEqual({v1: 'planned', v2: 'planned', fresh: 'not-removed'})
  expect(writes()).toEqual([])
})

async function deleteImage(imageDigest: string): Promise<void> {
  const credentials = {accessKeyId: prod.account, secretAccessKey: 'sandbox'}
  const client = new ECRClient({endpoint: world.sandbox.url, region: prod.region, credentials})
  await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest}]}))
  client.destroy()
}
