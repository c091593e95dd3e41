import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import type {RecordLine} from '../../../src/lib/promote/record.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {expectDocument} from '../../support/schemas.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}]})
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

async function linesOf(file: string | null): Promise<RecordLine[]> {
  const text = await readFile(file ?? '', 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as RecordLine)
}

function itemsOf(lines: readonly RecordLine[]) {
  return lines.filter(line => line.type === 'item')
}

describe('the record of a promotion', () => {
  test('has a line for each image: who, from, to, digest, what each tag held, path, bytes, when, gate and plan', async () => {
    await pushImage(source, image, 'v1')
    await pushImage(target, other, 'v1')
    const {record, callers} = await world.promote(['app:v1'])
    const lines = await linesOf(record)
    const [head] = lines
    expect(head).toMatchObject({
      type: 'promotion',
      schemaVersion: 1,
      callers,
      destinations: [{alias: 'prod'}],
    })
    const bytes = [...image.blobs.values()].reduce((sum, blob) => sum + blob.length, 0)
    expect(itemsOf(lines)).toEqual([
      expect.objectContaining({
        caller: callers[0],
        source: `${devHost}/app:v1`,
        target: `${prodHost}/app`,
        digest: image.root.digest,
        tagChanges: [{tag: 'v1', before: other.root.digest, after: image.root.digest}],
        path: 'copy',
        blobs: {uploaded: image.blobs.size, mounted: 0, bytes},
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        gate: null,
        plan: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    ])
  })

  test('says of images that are there already what little was enough, and of those that failed nothing', async () => {
    await pushImage(source, image, 'v1', 'v2')
    await pushImage(target, image, 'v1')
    const {record} = await world.promote(['app:v1', 'app:v2', 'app:v0'])
    expect(itemsOf(await linesOf(record)).map(({tags, path}) => [...tags, path])).toEqual(
      expect.arrayContaining([
        ['v1', 'nothing'],
        ['v2', 'tag'],
        ['v0', null],
      ]),
    )
  })

  test('of a saved plan carries the hash of its file', async () => {
    await pushImage(source, image, 'v1')
    const out = join(world.folder, 'plan.json')
    await world.promote(['app:v1'], {out})
    const {sha256} = JSON.parse(await readFile(out, 'utf8')) as {sha256: string}
    const {record} = await world.promote([], {plan: out})
    expect(await linesOf(record)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({type: 'promotion', plan: sha256}),
        expect.objectContaining({type: 'item', plan: sha256}),
      ]),
    )
  })

  test('is as its schema says, line by line', async () => {
    await pushImage(source, image, 'v1')
    const {record} = await world.promote(['app:v1', 'app:v0'])
    for (const line of await linesOf(record)) expectDocument('record.schema.json', line)
  })
})
