import {createCipheriv} from 'node:crypto'
import type {Digest} from '../src/lib/oci/digest.ts'
import {openDistributionRegistry} from '../src/lib/oci/distribution.ts'
import type {Registry} from '../src/lib/oci/registry.ts'
import {buildImage, pushImage} from '../test/support/images.ts'
import type {Place} from './places.ts'

const mebibyte = 2 ** 20

/** Images to measure with: reproducible, and their layers cannot be compressed. */
export interface ImageSet {
  readonly repository: string
  readonly tags: readonly string[]
  readonly layers: number
  /** Of `layers`, those that all images have in common. */
  readonly shared: number
  readonly layerMiB: number
}

export async function pushImages(place: Place, set: ImageSet): Promise<void> {
  const registry = open(place)
  const common = layersOf(set, set.repository, set.shared)
  for (const tag of set.tags) {
    const own = layersOf(set, `${set.repository}:${tag}`, set.layers - set.shared)
    await pushImage(registry.repository(set.repository), await buildImage({layers: [...common, ...own]}), tag)
  }
  registry.close()
}

/** What these tags point to; for comparing source and destination. */
export async function digestsOf(
  place: Place,
  repository: string,
  tags: readonly string[],
): Promise<readonly Digest[]> {
  const registry = open(place)
  const digests = await registry.repository(repository).resolve(tags)
  registry.close()
  return tags.flatMap(tag => digests.get(tag) ?? [])
}

function layersOf({layerMiB}: ImageSet, seed: string, count: number): Record<string, Uint8Array>[] {
  return Array.from({length: count}, (_, index) => ({data: noise(`${seed} ${index}`, layerMiB * mebibyte)}))
}

function noise(seed: string, bytes: number): Uint8Array {
  const key = Buffer.alloc(16, seed)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes))
}

function open({host, authorizer}: Place): Registry {
  return openDistributionRegistry({
    host,
    authorizer,
    context: {
      signal: new AbortController().signal,
      now: Date.now,
      concurrency: 4,
      retryForMs: 0,
      onEvent: () => undefined,
    },
  })
}
