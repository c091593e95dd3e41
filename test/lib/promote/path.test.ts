import {expect, test} from 'vitest'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {Registry} from '../../../src/lib/oci/registry.ts'
import {findHomes} from '../../../src/lib/promote/known-homes.ts'
import type {RepositoryState} from '../../../src/lib/promote/look.ts'
import type {Endpoint, ImageDraft} from '../../../src/lib/promote/model.ts'
import {pathOf} from '../../../src/lib/promote/path.ts'
import {buildImage} from '../../support/images.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}, {'etc/conf': 'x'}]})
const signed = await buildImage({layers: [{'bin/hello': 'hello'}], sbom: true})
const digest = image.root.digest
const change = {tag: 'v1', before: null, after: digest}

const empty: RepositoryState = {
  settings: {tagMutability: 'MUTABLE', exclusions: []},
  tags: new Map(),
  attached: new Map(),
  manifests: new Set(),
  blobs: new Set(),
}

function endpoint(host: string, mayMount = true): Endpoint {
  const registry = {host, mayMount: () => Promise.resolve(mayMount)} as Registry
  return {side: {label: host, host}, registry}
}

/** The path of an image that goes alone, or together with others that were looked at. */
async function path(draft: ImageDraft, others: Parameters<typeof findHomes>[0] = [], isReplicating = false) {
  return pathOf(draft, {
    homes: await findHomes([{plan: draft, graph: image, state: empty}, ...others]),
    isReplicating,
  })
}

function plan(words: Partial<ImageDraft> = {}, from = 'dev.test'): ImageDraft {
  const request = {
    source: endpoint(from),
    repository: 'app',
    reference: 'v1',
    tags: ['v1'],
    destinations: [],
    immutable: false,
  }
  return {
    request,
    destination: endpoint('prod.test'),
    repository: 'copy',
    root: digest,
    sourceDigest: digest,
    createRepository: false,
    manifests: [],
    referrers: [],
    blobs: [],
    tags: [],
    attachedTags: [],
    refusedArtifacts: [],
    price: {way: 'outside-aws', from: null, usdPerGb: 0, basis: 'free', asOf: null},
    ...words,
  }
}

test('nothing is missing', async () => {
  expect(await path(plan())).toEqual({
    kind: 'nothing',
    mountFrom: null,
    blobs: {uploaded: 0, mounted: 0, bytes: 0},
    requests: 0,
  })
})

test('only the tag is missing: one more look, and one write', async () => {
  expect(await path(plan({tags: [change]}))).toMatchObject({kind: 'tag', requests: 1 + 1})
})

test('everything is missing: three requests a blob, and the manifest goes up under its tag', async () => {
  const {manifests, root} = image
  const missing = plan({manifests, blobs: root.blobs, tags: [change], createRepository: true})
  expect(await path(missing)).toEqual({
    kind: 'copy',
    mountFrom: null,
    blobs: {uploaded: 3, mounted: 0, bytes: root.blobs.reduce((sum, {size}) => sum + size, 0)},
    requests: 1 + 3 * 3 + 1 + 1,
  })
})

test('the source is a repository of the same registry: no byte is sent', async () => {
  const {manifests, root} = image
  expect(await path(plan({manifests, blobs: root.blobs, tags: [change]}, 'prod.test'))).toEqual({
    kind: 'mount',
    mountFrom: 'app',
    blobs: {uploaded: 0, mounted: 3, bytes: 0},
    requests: 3 + 1 + 1,
  })
})

test('all blobs are there: the manifest alone', async () => {
  expect(await path(plan({manifests: image.manifests}))).toMatchObject({kind: 'copy', requests: 1})
  expect(await path(plan({manifests: image.manifests}, 'prod.test'))).toMatchObject({
    kind: 'copy',
    mountFrom: null,
  })
})

test('with what refers to the image its tag is a write of its own', async () => {
  const {manifests, referrers, root} = signed
  const draft = plan({manifests, referrers, tags: [change], root: digestOf(root.bytes)})
  expect((await path(draft)).requests).toBe(3 + 1)
})

test('the registry says that it mounts nothing: everything is sent', async () => {
  const {manifests, root} = image
  const draft = plan({manifests, blobs: root.blobs, tags: [change]}, 'prod.test')
  const destination = endpoint('prod.test', false)
  expect(await path({...draft, destination})).toMatchObject({
    kind: 'copy',
    mountFrom: null,
    blobs: {uploaded: 3, mounted: 0},
  })
})

test('another repository of the destination that was looked at has what is missing', async () => {
  const {manifests, root} = image
  const draft = plan({manifests, blobs: root.blobs, tags: [change]})
  const [first, ...rest] = root.blobs.map(blob => blob.digest)
  if (first === undefined) throw new TypeError('the image has no blob')
  const looked = (repository: string, ...blobs: typeof rest) => ({
    plan: {...plan(), repository},
    graph: image,
    state: {...empty, blobs: new Set(blobs)},
  })
  expect(await path(draft, [looked('sibling', first, ...rest)])).toMatchObject({
    kind: 'mount',
    mountFrom: 'sibling',
    blobs: {uploaded: 0, mounted: 3, bytes: 0},
  })
  expect(await path(draft, [looked('little', first), looked('most', ...rest)])).toMatchObject({
    kind: 'mount',
    mountFrom: 'most',
  })
  expect(await path(draft, [looked('little', first)])).toMatchObject({
    kind: 'copy',
    mountFrom: 'little',
    blobs: {uploaded: 2, mounted: 1},
  })
})

test('a repository that has the image already has its blobs, which nobody asked for', async () => {
  const {manifests, root} = image
  const draft = plan({manifests, blobs: root.blobs, tags: [change]})
  const has = (repository: string, state: Partial<RepositoryState>) => ({
    plan: {...plan(), repository},
    graph: image,
    state: {...empty, ...state},
  })
  const blobs = new Set(root.blobs.map(blob => blob.digest))
  const others = [has('uploads', {blobs}), has('released', {manifests: new Set([digest])})]
  expect(await path(draft, others)).toMatchObject({kind: 'mount', mountFrom: 'released'})
})

test('replication is bringing it: nothing is sent, and the tag is written when it is there', async () => {
  const {manifests, root} = image
  const draft = plan({manifests, blobs: root.blobs, tags: [change]})
  expect(await path(draft, [], true)).toEqual({
    kind: 'replication',
    mountFrom: null,
    blobs: {uploaded: 0, mounted: 0, bytes: 0},
    requests: 2 + 2,
  })
})
