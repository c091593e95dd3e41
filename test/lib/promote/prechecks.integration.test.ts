import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'etc/name': 'new'}]})
const other = await buildImage({layers: [{'etc/name': 'other'}]})

let world: World
let target: Repository

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app', tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['latest*']},
    ],
  })
  target = (await world.open(prodHost)).repository('app')
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1', 'v2')
  await pushImage(target, other, 'v1', 'latest')
  world.sandbox.clearRequests()
  world.events.length = 0
})

afterEach(() => world.close())

function writes(): string[] {
  return world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation ?? '')
}

describe('what would fail later is found before any byte', () => {
  test('all of it for an image: each tag that is held, not the first alone, and none that may move', async () => {
    await pushImage(target, other, 'stable')
    world.sandbox.clearRequests()
    const {items, exitCode} = await world.promote(['app:v1'], {tags: ['v1', 'stable', 'latest', 'fresh']})
    expect(exitCode).toBe(7)
    expect(items[0]?.error).toMatchObject({
      code: 'TAG_IMMUTABLE',
      message: expect.stringContaining(`${prodHost}/app:v1 is ${other.root.digest}`),
      hints: [expect.stringContaining(`${prodHost}/app:stable is ${other.root.digest}`)],
    })
    expect(writes()).toEqual([])
  })

  test('for all images and destinations together, and told before the first write', async () => {
    let writesWhenTold: number | undefined
    const onEvent = (event: {type: string}) => {
      if (event.type === 'refused') writesWhenTold = writes().length
      world.events.push(event as (typeof world.events)[number])
    }
    const {items, exitCode} = await world.promote(
      ['app:v1', 'app:v2', 'app:v0'],
      {to: ['prod', 'dr']},
      {onEvent},
    )
    expect(exitCode).toBe(4)
    expect(writesWhenTold).toBe(0)
    const told = world.events.flatMap(event => (event.type === 'refused' ? [event] : []))
    expect(told).toHaveLength(1)
    expect(told[0]?.others).toBe(1)
    expect(told[0]?.items.map(({tags, error}) => `${tags.join()} ${error?.code}`).toSorted()).toEqual([
      'v0 IMAGE_NOT_FOUND',
      'v0 IMAGE_NOT_FOUND',
      'v1 REPOSITORY_NOT_FOUND',
      'v1 TAG_IMMUTABLE',
      'v2 REPOSITORY_NOT_FOUND',
    ])
    expect(items.filter(({outcome}) => outcome === 'promoted').map(({tags}) => tags)).toEqual([['v2']])
  })

  test('the same digest under an immutable tag is success', async () => {
    await pushImage(target, image, 'v2')
    world.sandbox.clearRequests()
    expect(await world.promote(['app:v2'])).toMatchObject({exitCode: 0, items: [{outcome: 'unchanged'}]})
    expect(writes()).toEqual([])
  })
})

describe('all or nothing', () => {
  test('writes nothing when one image cannot be promoted, and leaves no record', async () => {
    const result = await world.promote(['app:v1', 'app:v2'], {allOrNothing: true})
    expect(result).toMatchObject({exitCode: 4, record: null})
    expect(result.items.map(({tags, outcome}) => `${tags.join()} ${outcome}`).toSorted()).toEqual([
      'v1 failed',
      'v2 planned',
    ])
    expect(writes()).toEqual([])
  })

  test('is an ordinary promotion when all can be', async () => {
    expect(await world.promote(['app:v2'], {allOrNothing: true})).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'promoted'}],
    })
  })
})
