import {beforeEach, expect, test} from 'vitest'
import {readImagesNamed} from '../../../../src/lib/ecr/inventory/read-images.ts'
import {type LifecycleWorld, openLifecycleWorld} from '../../../support/lifecycle-world.ts'
import {devWest, openWords} from './support.ts'

const place = {...devWest, name: 'app'}
const absent = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`

let world: LifecycleWorld
/** Reads by name, and how many calls that took. */
let read: (references: readonly string[]) => Promise<{tags: string[]; calls: number}>

beforeEach(async () => {
  world = await openLifecycleWorld()
  const images = Array.from({length: 400}, (_, n) => ({tag: [`a${n}`, `b${n}`]}))
  await world.sandbox.seed({repositories: [{...place, images}]})
  const open = await openWords(world, ['dev/app'])
  read = async references => {
    world.sandbox.clearRequests()
    const records = await readImagesNamed(
      open.registryOf(open.registries[0]?.registry.host ?? ''),
      'app',
      references,
    )
    return {
      tags: records.flatMap(({tags}) => tags).toSorted(),
      calls: world.operations().get('DescribeImages') ?? 0,
    }
  }
})

const named = (count: number, letter = 'a') => Array.from({length: count}, (_, n) => `${letter}${n}`)

test.each<[string, string[], number, number]>([
  ['a hundred in one call', named(100), 100, 1],
  ['in several calls up to 300', named(300), 300, 3],
  ['all of the repository beyond that', named(301), 301, 1],
  ['an image once, that two names mean', ['a1', 'b1'], 1, 1],
  ['few of which one is missing, by halves', [...named(3), absent(1)], 3, 5],
  ['nothing, when nothing is there', [absent(1), absent(2)], 0, 3],
  ['all of the repository when one of many is missing', [...named(60), absent(1)], 60, 2],
  ['nothing when nothing is asked for', [], 0, 0],
])('reads %s', async (_name, references, images, calls) => {
  const found = await read(references)
  expect(found.tags).toHaveLength(2 * images)
  expect(found.calls).toBe(calls)
})
