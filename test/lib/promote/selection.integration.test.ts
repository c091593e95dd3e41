import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {exitCodes, GantryError} from '../../../src/lib/errors.ts'
import type {PromotionOrder} from '../../../src/lib/promote/run.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}]})
const other = await buildImage({layers: [{'bin/hello': 'other'}]})
const content = {
  'payments/api': ['v1.0', 'v1.1', 'v2.0', 'latest'],
  'payments/worker': ['v1.0', 'v1.1-rc1'],
  'payments/eu/ledger': ['v1.0'],
  web: ['v1.0', `sha256-${'ab'.repeat(32)}`, `sha256-${'cd'.repeat(32)}.sig`],
}

let world: World

beforeAll(async () => {
  world = await startWorld()
  const names = Object.keys(content)
  await world.sandbox.seed({
    repositories: names.flatMap(name => [
      {...dev, name},
      {...prod, name},
    ]),
  })
  const registry = await world.open(devHost)
  for (const [name, tags] of Object.entries(content))
    await pushImage(registry.repository(name), image, ...tags)
})

afterAll(() => world.close())

beforeEach(() => world.sandbox.clearRequests())

async function selected(images: PromotionOrder['images'], words: Partial<PromotionOrder>): Promise<string[]> {
  const {items, exitCode} = await world.promote(images, {dryRun: true, ...words})
  expect(exitCode).toBe(exitCodes.done)
  return items.map(({target, tags}) => `${target.slice(target.indexOf('/') + 1)}:${tags.join(',')}`)
}

async function errorOf(
  images: PromotionOrder['images'],
  words: Partial<PromotionOrder>,
): Promise<GantryError> {
  const error: unknown = await world
    .promote(images, {dryRun: true, ...words})
    .catch((error: unknown) => error)
  if (error instanceof GantryError) return error
  throw new Error('nothing was thrown', {cause: error})
}

function countOf(operation: string): number {
  return world.sandbox.requests.filter(request => request.operation === operation).length
}

describe('--match', () => {
  test.each<[string, string[]]>([
    [
      'payments/*:v1.*',
      ['payments/api:v1.0', 'payments/api:v1.1', 'payments/worker:v1.0', 'payments/worker:v1.1-rc1'],
    ],
    ['payments/**:v1.0', ['payments/api:v1.0', 'payments/eu/ledger:v1.0', 'payments/worker:v1.0']],
    ['**/ledger:*', ['payments/eu/ledger:v1.0']],
    [
      'payments/api:*',
      ['payments/api:latest', 'payments/api:v1.0', 'payments/api:v1.1', 'payments/api:v2.0'],
    ],
    // The list of what refers to an image is no image, and neither is a signature.
    ['web:*', ['web:v1.0']],
    ['payments/api:v2.0', ['payments/api:v2.0']],
  ])('%s is those images, by repository and tag', async (pattern, expected) => {
    expect(await selected([], {match: [pattern]})).toEqual(expected)
  })

  test('takes the registry from the pattern where there is no --from', async () => {
    const words = {from: undefined, match: ['dev/web:*', `${devHost}/payments/eu/**:*`]}
    expect(await selected([], words)).toEqual(['payments/eu/ledger:v1.0', 'web:v1.0'])
  })

  test('goes with images, several patterns and --exclude; each image counts once', async () => {
    const words = {
      match: ['payments/*:v1.*', 'payments/api:*'],
      exclude: ['payments/api:latest', '**:*-rc*', 'payments/eu/**'],
    }
    expect(await selected(['payments/api:v1.1', 'web:v1.0'], words)).toEqual([
      'payments/api:v1.1',
      'web:v1.0',
      'payments/api:v1.0',
      'payments/api:v2.0',
      'payments/worker:v1.0',
    ])
  })

  test('asks for each list once, and for no list of repositories where none is needed', async () => {
    await selected([], {match: ['payments/api:v2.*']})
    expect(countOf('ListImages')).toBe(1)
    const elsewhere = countOf('DescribeRepositories')
    world.sandbox.clearRequests()
    await selected([], {match: ['payments/*:v1.*', '**:latest', 'payments/api:v2.*']})
    expect(countOf('ListImages')).toBe(4)
    expect(countOf('DescribeRepositories')).toBe(elsewhere + 1)
  })

  test('counts what it asked into the cost of the run', async () => {
    const {traffic} = await world.promote([], {dryRun: true, match: ['payments/*:v1.*']})
    expect(traffic.requests).toBe(world.sandbox.requests.length)
  })

  test.each<[Partial<PromotionOrder>, string, string]>([
    [{match: ['payments/*:v9.*']}, 'NOTHING_MATCHED', 'payments/*:v9.*'],
    [{match: ['web:*', 'nothing/**:*']}, 'NOTHING_MATCHED', 'nothing/**:*'],
    [{match: ['web:*'], exclude: ['web']}, 'NOTHING_LEFT', 'web'],
    [{match: ['payments/*']}, 'INVALID_PATTERN', "'payments/*:*'"],
    [{match: ['payments/**x:*']}, 'INVALID_PATTERN', 'payments/**x'],
    [{match: ['Payments/*:*']}, 'INVALID_PATTERN', 'Payments/*'],
    [{match: ['web:*'], exclude: ['web:[a-z]']}, 'INVALID_PATTERN', '--exclude "web:[a-z]"'],
    [{from: undefined, match: ['*:*']}, 'NO_SOURCE', '*:*'],
    [{match: ['ghcr.io/x/*:*']}, 'TWO_SOURCES', 'ghcr.io/x/*:*'],
  ])('%j is refused: %s', async (words, code, named) => {
    const error = await errorOf([], words)
    expect(error).toMatchObject({code, exitCode: exitCodes.usage})
    expect(error.message).toContain(named)
    expect(error.message).not.toContain('\n')
  })
})

describe('--all-tags', () => {
  test('is every tag of the repositories that are named', async () => {
    expect(await selected(['payments/worker', 'web'], {allTags: true})).toEqual([
      'payments/worker:v1.0',
      'payments/worker:v1.1-rc1',
      'web:v1.0',
    ])
  })

  test('goes with repositories alone', async () => {
    expect(await errorOf(['web:v1.0'], {allTags: true})).toMatchObject({code: 'ONE_TAG_AND_ALL', exitCode: 2})
  })
})

describe('an image whose digest is pinned', () => {
  const {digest} = image.root

  test('goes by its digest, under its tag or those of its own', async () => {
    const images = [
      {text: `web:v1.0@${digest}`, isPinned: true},
      {text: `payments/api:v2.0@${digest}`, isPinned: true, tags: ['v3', 'stable']},
    ]
    expect(await selected(images, {})).toEqual(['web:v1.0', 'payments/api:v3,stable'])
  })

  test('is refused before anything is asked of the destination when its tag holds another digest, or nothing', async () => {
    const moved = {text: `web:v1.0@${other.root.digest}`, isPinned: true}
    expect(await errorOf(['payments/api:v2.0', moved], {})).toMatchObject({
      code: 'DIGEST_MOVED',
      exitCode: exitCodes.unsafe,
      message: expect.stringContaining(digest) as string,
    })
    expect(countOf('DescribeRepositories')).toBe(0)
    const gone = {text: `web:v9@${digest}`, isPinned: true}
    expect(await errorOf([gone], {})).toMatchObject({code: 'DIGEST_MOVED'})
  })
})
