import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import type {Registry, Repository} from '../../../src/lib/oci/registry.ts'
import {lookAround} from '../../../src/lib/promote/circumstances.ts'
import type {Endpoint} from '../../../src/lib/promote/model.ts'
import {type Candidate, planImage} from '../../../src/lib/promote/plan.ts'
import {buildImage} from '../../support/images.ts'

const image = await buildImage({layers: [{'bin/app': 'app'}]})
const {digest} = image.root

describe('the tags that an image may have', () => {
  const there = ['a', 'b', 'c']

  /** Five, of which the image has three. */
  function endpoint(host: string): Endpoint {
    const repository = {tagsOf: () => Promise.resolve(new Map([[digest, there]]))} as unknown as Repository
    const registry = {host, maxTagsPerImage: 5, repository: () => repository} as unknown as Registry
    return {side: {label: host, host}, registry}
  }

  const source = endpoint('dev.test')
  const destination = endpoint('prod.test')

  function candidate(...tags: string[]): Candidate {
    return {
      request: {
        source,
        repository: 'app',
        reference: digest,
        tags,
        destinations: [],
        immutable: false,
      },
      destination,
      repository: 'app',
      graph: {root: image.root, manifests: image.manifests, referrers: [], attachedTags: []},
      state: {
        settings: {tagMutability: 'MUTABLE', exclusions: []},
        tags: new Map(tags.filter(tag => there.includes(tag)).map(tag => [tag, digest])),
        attached: new Map(),
        manifests: new Set([digest]),
        blobs: new Set(image.blobs.keys()),
      },
    }
  }

  async function judge(candidates: readonly Candidate[], thorough: boolean): Promise<string[]> {
    const around = await lookAround(candidates, {createRepositories: false, thorough})
    return candidates.map(one => {
      const plan = planImage(one, {createRepositories: false, ...around.get(one)})
      return plan instanceof GantryError ? plan.code : 'fits'
    })
  }

  test('are those that are there, where that is asked, and those to come, each once', async () => {
    expect(await judge([candidate('d', 'e')], true)).toEqual(['fits'])
    expect(await judge([candidate('c', 'd', 'e')], true)).toEqual(['fits'])
    expect(await judge([candidate('d', 'e', 'f')], true)).toEqual(['TOO_MANY_TAGS'])
    expect(await judge([candidate('d', 'e', 'f')], false)).toEqual(['fits'])
    expect(await judge([candidate('d', 'e', 'f', 'g', 'h', 'i')], false)).toEqual(['TOO_MANY_TAGS'])
  })

  test('are those of all that the run promotes to it', async () => {
    const both = [candidate('d', 'e'), candidate('e', 'f')]
    expect(await judge(both, true)).toEqual(['TOO_MANY_TAGS', 'TOO_MANY_TAGS'])
    expect(await judge([candidate('d', 'e'), candidate('e', 'd')], true)).toEqual(['fits', 'fits'])
  })

  test('do not matter to who writes none', async () => {
    expect(await judge([candidate('a', 'b', 'c'), candidate('d', 'e', 'f')], true)).toEqual([
      'fits',
      'TOO_MANY_TAGS',
    ])
  })
})
