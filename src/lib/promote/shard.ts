import {createHash} from 'node:crypto'
import {contentHash, type Json} from '../plan/canonical.ts'
import type {Route} from './route.ts'

/** A part of a batch that is shared out between several runs. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number
  readonly count: number
}

/** A shard of a known batch: two of the same `batch` and `count` belong together. */
export interface BatchShard extends Shard {
  /** SHA-256, in hex, of the saved plan, or of everything that was selected before it was shared out. */
  readonly batch: string
}

/**
 * Those of `images` that are the shard's; all of them without one. Each repository of a source is in exactly one shard,
 * whole, because its images share layers. It depends on nothing else: runs that saw different lists leave nothing out.
 *
 * @param hostOf the source registry of an image.
 */
export function ofShard<Image extends {readonly repository: string}>(
  shard: Shard | undefined,
  images: readonly Image[],
  hostOf: (image: Image) => string,
): readonly Image[] {
  if (shard === undefined) return images
  return images.filter(image => shardOf(`${hostOf(image)}/${image.repository}`, shard.count) === shard.index)
}

function shardOf(repository: string, count: number): number {
  const hash = createHash('sha256').update(repository).digest()
  // 48 bits are exact in a number, and so many more than any count that the remainders are even.
  return (hash.readUIntBE(0, 6) % count) + 1
}

/** Names a selection, the same in every run that selected the same. */
export function batchOf(routes: readonly Route[]): string {
  const texts = routes.map(({source, repository, reference, tags, destinations}): Json => {
    const targets = destinations.map(({side, repository}) => `${side.host}/${repository}`)
    return {source: `${source.host}/${repository}`, reference, tags, targets}
  })
  return contentHash(texts)
}
