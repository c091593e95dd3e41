import {type Digest, isDigest} from '../oci/digest.ts'
import type {EcrApi} from './api.ts'
import {inBatches} from './batches.ts'
import {orUnknown} from './unknowable.ts'

/** The tags of images that exist; nothing of those of which nothing is told. */
export async function tagsOf(
  api: EcrApi,
  repository: string,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, readonly string[]>> {
  const answers = await inBatches(digests, batch =>
    orUnknown(() => api.facts.describeImages(repository, batch), []),
  )
  return new Map(
    answers
      .flat()
      .flatMap(({imageDigest = '', imageTags = []}) =>
        isDigest(imageDigest) ? [[imageDigest, imageTags] as const] : [],
      ),
  )
}
