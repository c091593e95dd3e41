import {expect, test} from 'vitest'
import type {ImageRecord} from '../../../src/lib/ecr/inventory/model.ts'
import {lifecycleImages} from '../../../src/lib/lifecycle/lifecycle-images.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'

function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}`
}

function record(members: Partial<ImageRecord> = {}): ImageRecord {
  return {
    digest: digest('a'),
    tags: ['v1'],
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 7,
    status: 'active',
    pushedAt: 1,
    ...members,
  }
}

test('an image has only what the evaluation needs', () => {
  expect(lifecycleImages([record()], new Map())).toEqual([
    {digest: digest('a'), tags: ['v1'], storageClass: 'standard', pushedAt: 1},
  ])
})

test('all times and the subject are taken over', () => {
  const times = {pulledAt: 2, archivedAt: 3, activatedAt: 4, subject: digest('b')}
  expect(lifecycleImages([record(times)], new Map())).toMatchObject([times])
})

test.each([
  ['active', {storageClass: 'standard'}, false],
  ['archived', {storageClass: 'archive'}, false],
  ['activating', {}, true],
] as const)('one that is %s', (status, members, restoring) => {
  const [image] = lifecycleImages([record({status})], new Map())
  expect(image).toMatchObject(members)
  expect(image?.restoring ?? false).toBe(restoring)
})

test('what an index lists is known from its content; no others have children', () => {
  const contents = new Map([
    [digest('a'), {children: [digest('b'), digest('c')]}],
    [digest('b'), {children: []}],
  ])
  const images = [record(), record({digest: digest('b')}), record({digest: digest('c')})]
  expect(lifecycleImages(images, contents).map(image => image.children)).toEqual([
    [digest('b'), digest('c')],
    undefined,
    undefined,
  ])
})
