import {mkdir, readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {openLayout} from '../../../src/lib/oci/layout/open.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {expectImage} from '../../support/completeness.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {digestsOfLayout, writeLayout} from '../../support/layout.ts'
import {rollback} from '../../support/rollback.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64', variant: 'v8'},
]
const base = {'usr/base': 'shared by all'}
const index = await buildImage({
  layers: [base, {'bin/hello': 'hello'}],
  platforms,
  attestation: true,
  sbom: true,
})
const single = await buildImage({layers: [base, {'bin/hello': 'single'}]})
const other = await buildImage({layers: [{'bin/hello': 'other'}]})

const [api, worker] = ['payments/api', 'payments/worker']

let world: World
let source: (name: string) => Repository
let target: (name: string) => Repository

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [dev, prod].flatMap(registry => [
      {...registry, name: api},
      {...registry, name: worker},
    ]),
  })
  const [from, to] = [await world.open(devHost), await world.open(prodHost)]
  source = name => from.repository(name)
  target = name => to.repository(name)
})

afterEach(() => world.close())

const at = (name: string) => join(world.folder, name)
const mutating = () => world.sandbox.requests.filter(request => request.mutating)

async function open(host: string): Promise<Repository> {
  const registry = await openLayout(host, {isWritten: false, signal: AbortSignal.timeout(10_000)})
  onTestFinished(() => registry.close())
  return registry.repository(api)
}

describe.each([
  ['a folder', () => `oci:${at('usb')}`],
  ['a tar', () => `oci-archive:${at('release.tar')}`],
] as const)('through %s', (_, layoutOf) => {
  test('an index with attestations and an SBOM goes from one registry to another, byte for byte', async () => {
    await pushImage(source(api), index, 'v1')
    await pushImage(source(worker), single, 'v1', 'stable')
    const layout = layoutOf()
    const images = [`${api}:v1`, `${worker}:v1`, `${worker}:stable`]

    const out = await world.promote(images, {to: [layout]})
    expect(out.items.map(({outcome, error}) => [outcome, error])).toEqual(
      images.map(() => ['promoted', null]),
    )
    expect(out.items[0]).toMatchObject({
      destination: layout,
      target: `${layout}/${api}`,
      digest: index.root.digest,
      artifacts: [{outcome: 'fallback'}],
    })
    await expectImage(await open(layout), index, 'v1')

    const into = await world.promote(images, {from: layout})
    expect(into).toMatchObject({exitCode: 0, items: images.map(() => ({outcome: 'promoted'}))})
    await expectImage(target(api), index, 'v1')
    await expectImage(target(worker), single, 'v1')
    await expectImage(target(worker), single, 'stable')
    for (const {digest, bytes} of [...index.manifests, ...index.referrers])
      expect(Buffer.from((await target(api).manifests([digest])).get(digest)?.bytes ?? [])).toEqual(
        Buffer.from(bytes),
      )
  })

  test('a second run into it writes nothing, and a third out of it neither', async () => {
    await pushImage(source(api), index, 'v1')
    const layout = layoutOf()
    await world.promote([`${api}:v1`], {to: [layout]})
    const before = await contentsOf(world.folder)

    const again = await world.promote([`${api}:v1`], {to: [layout]})
    expect(again.items).toMatchObject([{outcome: 'unchanged', path: 'nothing'}])
    expect(await contentsOf(world.folder)).toEqual(before)

    await world.promote([`${api}:v1`], {from: layout})
    world.sandbox.clearRequests()
    const last = await world.promote([`${api}:v1`], {from: layout})
    expect(last.items).toMatchObject([{outcome: 'unchanged'}])
    expect(mutating()).toEqual([])
  })

  test('a dry run shows the same and makes nothing', async () => {
    await pushImage(source(api), index, 'v1')
    const before = await readdir(world.folder)
    const {items} = await world.promote([`${api}:v1`], {to: [layoutOf()], dryRun: true})
    expect(items).toMatchObject([{outcome: 'planned', path: 'copy', error: null}])
    expect(await readdir(world.folder)).toEqual(before)
  })

  test('what matches a pattern is found in it', async () => {
    await pushImage(source(api), index, 'v1', 'v2')
    await pushImage(source(worker), single, 'v1')
    const layout = layoutOf()
    await world.promote([], {match: ['payments/**:*'], to: [layout]})
    const {items} = await world.promote([], {match: ['payments/*:v1'], from: layout, dryRun: true})
    expect(items.map(({source}) => source)).toEqual([`${layout}/${api}:v1`, `${layout}/${worker}:v1`])
    const named = await world.promote([], {match: [`${layout}:payments/*:v2`], from: undefined, dryRun: true})
    expect(named.items.map(({source}) => source)).toEqual([`${layout}/${api}:v2`])
  })

  test('a tag moves, and what it was stays by its digest; rollback puts it back', async () => {
    await pushImage(source(api), single, 'v1')
    const layout = layoutOf()
    await world.promote([`${api}:v1`], {to: [layout]})
    await pushImage(source(api), other, 'v1')
    const {items, record} = await world.promote([`${api}:v1`], {to: [layout]})
    expect(items).toMatchObject([
      {tagChanges: [{tag: 'v1', before: single.root.digest, after: other.root.digest}]},
    ])
    expect((await (await open(layout)).resolve(['v1'])).get('v1')).toBe(other.root.digest)
    expect((await (await open(layout)).manifests([single.root.digest])).size).toBe(1)

    const back = await rollback(world, record)
    expect(back.items).toMatchObject([{outcome: 'restored'}])
    expect((await (await open(layout)).resolve(['v1'])).get('v1')).toBe(single.root.digest)
  })

  test('a plan for it is saved, and done', async () => {
    await pushImage(source(api), index, 'v1')
    const layout = layoutOf()
    const plan = at('plan.json')
    await world.promote([`${api}:v1`], {to: [layout], out: plan})
    await world.promote([], {from: undefined, to: [], plan})
    await expectImage(await open(layout), index, 'v1')
    const out = at('back.json')
    await world.promote([`${api}:v1`], {from: layout, out})
    await world.promote([], {from: undefined, to: [], plan: out})
    await expectImage(target(api), index, 'v1')
  })
})

describe('a layout that names images by tags alone', () => {
  beforeEach(() => writeLayout(at('built'), single, 'v1'))

  test('is read as skopeo reads it, to the repository of --as', async () => {
    const layout = `oci:${at('built')}`
    await world.promote([`${layout}:v1`], {from: undefined, as: api})
    await expectImage(target(api), single, 'v1')
    const digest = single.root.digest
    const {items} = await world.promote([`${layout}@${digest}`], {from: undefined, as: worker, tags: ['v9']})
    expect(items).toMatchObject([{outcome: 'promoted', digest}])
    await expectImage(target(worker), single, 'v9')
  })

  test('is refused without --as, before anything is asked', async () => {
    world.sandbox.clearRequests()
    await expect(world.promote([`oci:${at('built')}:v1`], {from: undefined})).rejects.toMatchObject({
      code: 'NO_REPOSITORY',
      message: expect.stringMatching(/Add --as REPOSITORY/) as string,
    })
    expect(world.sandbox.requests).toEqual([])
  })

  test('goes into another layout as it is, and one is written with --as unnamed', async () => {
    await world.promote([`oci:${at('built')}:v1`], {from: undefined, to: [`oci:${at('copy')}`]})
    expect(await refNames(at('copy'))).toEqual(['v1'])
    expect(await digestsOfLayout(at('copy'))).toEqual(await digestsOfLayout(at('built')))
    await pushImage(source(api), single, 'v3')
    await world.promote([`${api}:v3`], {to: [`oci:${at('copy')}`], as: 'unnamed'})
    expect(await refNames(at('copy'))).toEqual(['v1', 'v3'])
  })
})

test('images of several repositories share the layers of a layout', async () => {
  await pushImage(source(api), index, 'v1')
  await pushImage(source(worker), single, 'v1')
  const {items} = await world.promote([`${api}:v1`, `${worker}:v1`], {to: [`oci:${at('usb')}`]})
  const wanted = new Set([...index.blobs.keys(), ...single.blobs.keys()])
  expect(items.reduce((sum, {blobs}) => sum + blobs.uploaded, 0)).toBe(wanted.size)
  expect(await refNames(at('usb'))).toEqual([
    `${api}:v1`,
    `${worker}:v1`,
    index.root.digest.replace(':', '-'),
  ])
})

test('a layout that another process writes is left alone', async () => {
  await pushImage(source(api), single, 'v1')
  await mkdir(at('usb'))
  await mkdir(at(`usb/.gantry-1-2-01234567-elsewhere`))
  const {items, exitCode} = await world.promote([`${api}:v1`], {to: [`oci:${at('usb')}`]})
  expect(exitCode).toBe(6)
  expect(items).toMatchObject([{outcome: 'failed', error: {code: 'LAYOUT_BUSY'}}])
  expect(await readdir(at('usb'))).toEqual(['.gantry-1-2-01234567-elsewhere'])
})

test('a tar is not made by a run that is interrupted, and the next one goes on from what it fetched', async () => {
  await pushImage(source(api), index, 'v1')
  const stop = new AbortController()
  const to = [`oci-archive:${at('release.tar')}`]
  const {items} = await world.promote(
    [`${api}:v1`],
    {to},
    {
      aws: {env: {}, sandboxUrl: world.sandbox.url, now: Date.now, signal: stop.signal},
      onEvent: event => event.type === 'bytes' && stop.abort(),
    },
  )
  expect(items).toMatchObject([{outcome: 'interrupted'}])
  expect(await readdir(world.folder)).not.toContain('release.tar')
  await world.promote([`${api}:v1`], {to})
  await expectImage(await open(to[0] ?? ''), index, 'v1')
  expect(await readdir(world.folder)).not.toContain('release.tar.gantry-partial')
})

test('a tar keeps what others put into it', async () => {
  await pushImage(source(api), index, 'v1')
  await pushImage(source(worker), single, 'v2')
  const to = [`oci-archive:${at('release.tar')}`]
  await world.promote([`${api}:v1`], {to})
  await world.promote([`${worker}:v2`], {to})
  await expectImage(await open(to[0] ?? ''), index, 'v1')
  const {items} = await world.promote([], {match: ['**:*'], from: to[0]})
  expect(items.map(({target, outcome}) => [target.replace(/^[^/]*[/]/, ''), outcome])).toEqual([
    [api, 'promoted'],
    [worker, 'promoted'],
  ])
})

test('one image goes to a registry, a folder and a tar from one read', async () => {
  await pushImage(source(api), single, 'v1')
  world.sandbox.clearRequests()
  const to = ['prod', `oci:${at('usb')}`, `oci-archive:${at('release.tar')}`]
  const {items} = await world.promote([`${api}:v1`], {to})
  expect(items.map(({outcome}) => outcome)).toEqual(['promoted', 'promoted', 'promoted'])
  const reads = world.sandbox.requests.filter(
    ({method, path}) => method === 'GET' && path.includes('/blobs/'),
  )
  expect(reads.length).toBe(single.blobs.size)
})

async function refNames(folder: string): Promise<readonly string[]> {
  const {manifests} = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    manifests: {annotations?: Record<string, string>}[]
  }
  return manifests.map(({annotations}) => annotations?.['org.opencontainers.image.ref.name'] ?? '').toSorted()
}

/** Every file, with when it was written; records aside. */
async function contentsOf(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, {recursive: true})
  const described = files
    .filter(file => !file.startsWith('records'))
    .map(async file => {
      const {mtimeMs, ino, size} = await stat(join(folder, file))
      return `${file} ${mtimeMs} ${ino} ${size}`
    })
  return (await Promise.all(described)).toSorted()
}

test
  .skipIf(process.platform !== 'linux')
  .each(['oci:/proc/nothing/here', 'oci-archive:/proc/nothing/here.tar'])(
  'to %s, where nothing can be made, is one line',
  async layout => {
    await pushImage(source(api), single, 'v1')
    const result = await world.promote([`${api}:v1`], {to: [layout]})
    expect(result).toMatchObject({exitCode: 4, items: [{error: {code: 'LAYOUT_UNWRITABLE'}}]})
  },
)
