import {type Digest, isDigest} from '../oci/digest.ts'
import type {EcrApi} from './api.ts'
import {inBatches, throwUnlessMissing} from './batches.ts'

/**
 * Which of `digests` exist. ECR tells a missing blob by UNAVAILABLE or by the failure MissingLayerDigest; which one
 * when is unconfirmed.
 */
export async function presentBlobs(
  api: EcrApi,
  repository: string,
  digests: readonly Digest[],
): Promise<ReadonlySet<Digest>> {
  const answers = await inBatches(digests, batch => api.batchCheckLayerAvailability(repository, batch))
  const present = new Set<Digest>()
  for (const {layers, failures} of answers) {
    throwUnlessMissing(failures, ['MissingLayerDigest'], failure => failure.layerDigest)
    for (const {layerDigest = '', layerAvailability} of layers) {
      if (layerAvailability === 'AVAILABLE' && isDigest(layerDigest)) present.add(layerDigest)
    }
  }
  return present
}
