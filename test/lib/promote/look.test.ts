import {expect, test} from 'vitest'
import {missingRepository} from '../../../src/lib/ecr/data-plane.ts'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {noTraffic, type Registry, type Repository} from '../../../src/lib/oci/registry.ts'
import {lookAt} from '../../../src/lib/promote/look.ts'

const bytes = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}))
const root = parseManifest(bytes)

/** A registry with the repository `there`, which tells nobody about settings, as to those without DescribeRepositories. */
const registry: Registry = {
  host: 'registry.example',
  traffic: noTraffic(),
  describe: async names =>
    new Map(names.map(name => [name, {tagMutability: 'unknown', exclusions: []} as const])),
  create: () => Promise.reject(new Error('not asked for')),
  close: () => undefined,
  repository: name => repository(name),
}

function repository(name: string): Repository {
  const unasked = () => Promise.reject(new Error('not asked for'))
  const where = {account: '222222222222', region: 'eu-west-1'}
  const answer = async <T>(value: T): Promise<T> => {
    if (name !== 'there') throw missingRepository(name, where)
    return value
  }
  return {
    name,
    registry,
    resolve: () => answer(new Map([['v1', root.digest]])),
    presentManifests: () => answer(new Set([root.digest])),
    presentBlobs: () => answer(new Set()),
    manifests: unasked,
    rareTags: unasked,
    readBlob: unasked,
    mountBlob: unasked,
    uploadBlob: unasked,
    putManifest: unasked,
    referrers: unasked,
    async *tags() {},
  }
}

test('a repository that is only found missing when it is asked is missing, and the others are looked at', async () => {
  const wanted = {
    graphs: [{root, manifests: [root], referrers: [], attachedTags: []}],
    tags: new Map([['v1', root.digest]]),
  }
  const states = await lookAt(
    registry,
    new Map([
      ['there', wanted],
      ['gone', wanted],
    ]),
  )
  expect(states.get('gone')?.settings).toBeUndefined()
  expect(states.get('there')?.tags.get('v1')).toBe(root.digest)
})
