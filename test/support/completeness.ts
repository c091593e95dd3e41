import {expect} from 'vitest'
import type {Digest} from '../../src/lib/oci/digest.ts'
import type {Repository} from '../../src/lib/oci/registry.ts'
import type {BuiltImage} from './images.ts'

/** Everything below a manifest is there; the registry's client compares what it reads with its digest. */
export async function expectComplete(repository: Repository, digest: Digest): Promise<void> {
  const manifest = (await repository.manifests([digest])).get(digest)
  if (manifest === undefined) throw new Error(`${repository.name}@${digest} is not there`)
  await Promise.all([
    ...manifest.children.map(child => expectComplete(repository, child.digest)),
    ...manifest.blobs.map(async blob => (await repository.readBlob(blob)).toArray()),
  ])
}

/** The tag holds the image, complete, and what refers to it is complete and listed. */
export async function expectImage(repository: Repository, image: BuiltImage, tag: string): Promise<void> {
  expect((await repository.resolve([tag])).get(tag)).toBe(image.root.digest)
  await expectComplete(repository, image.root.digest)
  const listed = await repository.referrers(image.root.digest)
  expect(listed.map(({digest}) => digest)).toEqual(image.referrers.map(({digest}) => digest))
  await Promise.all(listed.map(({digest}) => expectComplete(repository, digest)))
}
