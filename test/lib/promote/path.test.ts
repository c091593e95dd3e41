import {expect, test} from 'vitest'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {Registry} from '../../../src/lib/oci/registry.ts'
import type {Endpoint, ImagePlan} from '../../../src/lib/promote/model.ts'
import {pathOf} from '../../../src/lib/promote/path.ts'
import {buildImage} from '../../support/images.ts'

const image = await buildImage({layers: [{'bin/hello': 'hello'}, {'etc/conf': 'x'}]})
const signed = await buildImage({layers: [{'bin/hello': 'hello'}], sbom: true})
const digest = image.root.digest
const change = {tag: 'v1', before: null, after: digest}

function endpoint(host: string): Endpoint {
  return {side: {label: host, host}, registry: {host} as Registry}
}

function plan(words: Partial<Omit<ImagePlan, 'path'>> = {}, from = 'dev.test'): Omit<ImagePlan, 'path'> {
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
    ...words,
  }
}

test('nothing is missing', () => {
  expect(pathOf(plan())).toEqual({
    kind: 'nothing',
    mountFrom: null,
    blobs: {uploaded: 0, mounted: 0, bytes: 0},
    requests: 0,
  })
})

test('only the tag is missing: one more look, and one write', () => {
  expect(pathOf(plan({tags: [change]}))).toMatchObject({kind: 'tag', requests: 1 + 1})
})

test('everything is missing: three requests a blob, and the manifest goes up under its tag', () => {
  const {manifests, root} = image
  const missing = plan({manifests, blobs: root.blobs, tags: [change], createRepository: true})
  expect(pathOf(missing)).toEqual({
    kind: 'copy',
    mountFrom: null,
    blobs: {uploaded: 3, mounted: 0, bytes: root.blobs.reduce((sum, {size}) => sum + size, 0)},
    requests: 1 + 3 * 3 + 1 + 1,
  })
})

test('the source is a repository of the same registry: no byte is sent', () => {
  const {manifests, root} = image
  expect(pathOf(plan({manifests, blobs: root.blobs, tags: [change]}, 'prod.test'))).toEqual({
    kind: 'mount',
    mountFrom: 'app',
    blobs: {uploaded: 0, mounted: 3, bytes: 0},
    requests: 3 + 1 + 1,
  })
})

test('all blobs are there: the manifest alone', () => {
  expect(pathOf(plan({manifests: image.manifests}))).toMatchObject({kind: 'copy', requests: 1})
  expect(pathOf(plan({manifests: image.manifests}, 'prod.test'))).toMatchObject({
    kind: 'copy',
    mountFrom: null,
  })
})

test('with what refers to the image its tag is a write of its own', () => {
  const {manifests, referrers, root} = signed
  expect(pathOf(plan({manifests, referrers, tags: [change], root: digestOf(root.bytes)})).requests).toBe(
    3 + 1,
  )
})
