import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {ofShard} from '../../../src/lib/promote/shard.ts'

const image = fc.record({
  host: fc.constantFrom('a.test', 'b.test'),
  repository: fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{1,3})?$/),
  tag: fc.stringMatching(/^v[0-9]{1,2}$/),
})

function shards<T extends {readonly repository: string; readonly host: string}>(
  images: readonly T[],
  count: number,
) {
  return Array.from({length: count}, (_, index) =>
    ofShard({index: index + 1, count}, images, ({host}) => host),
  )
}

describe('shards', () => {
  test('have every image in exactly one of them, and in its order', () => {
    fc.assert(
      fc.property(fc.array(image), fc.integer({min: 1, max: 40}), (images, count) => {
        const parts = shards(images, count)
        expect(parts.flat()).toHaveLength(images.length)
        for (const part of parts) expect(part).toEqual(images.filter(each => part.includes(each)))
        expect(new Set(parts.flat())).toEqual(new Set(images))
      }),
    )
  })

  test('keep a repository whole, wherever else it stands in the list', () => {
    fc.assert(
      fc.property(fc.array(image), fc.array(image), fc.integer({min: 1, max: 40}), (one, other, count) => {
        const homes = new Map<string, number>()
        for (const list of [one, other, [...other, ...one]]) {
          for (const [index, part] of shards(list, count).entries()) {
            for (const {host, repository} of part) {
              expect(homes.get(`${host}/${repository}`) ?? index).toBe(index)
              homes.set(`${host}/${repository}`, index)
            }
          }
        }
      }),
    )
  })

  test('are even: of 6,000 repositories none of 12 has a fifth more or less than its part', () => {
    const images = Array.from({length: 6000}, (_, index) => ({
      host: 'a.test',
      repository: `team/service-${index}`,
    }))
    for (const part of shards(images, 12)) {
      expect(part.length).toBeGreaterThan(400)
      expect(part.length).toBeLessThan(600)
    }
  })

  test('stay what they were in earlier versions', () => {
    const images = ['payments/api', 'payments/worker', 'web'].map(repository => ({
      host: 'a.test',
      repository,
    }))
    const names = shards(images, 3).map(part => part.map(({repository}) => repository))
    expect(names).toEqual([['payments/worker'], [], ['payments/api', 'web']])
  })

  test('are everything when none is asked for', () => {
    const images = [{host: 'a.test', repository: 'web'}]
    expect(ofShard(undefined, images, ({host}) => host)).toEqual(images)
  })
})
