import {RefusalError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Manifest} from '../../oci/manifest.ts'
import type {EcrApi} from '../api.ts'
import {inBatches} from '../batches.ts'
import {getImages, missingOrArchived, toManifest} from '../manifests.ts'
import type {Blob, ImageContent} from './model.ts'

/**
 * What manifests list, a hundred of them in one request, each forgotten once it is read. Absent are images that are gone
 * or archived by now, and manifests that Gantry does not understand, such as those of Docker's old schema 1.
 *
 * Whether it counts as a pull (`lastRecordedPullTime`) is unconfirmed; the documents say that a pull is one BatchGetImage.
 *
 * @throws {RefusalError} DIGEST_MISMATCH when a manifest is not what its digest says.
 */
export async function readContents(
  api: EcrApi,
  repository: string,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, ImageContent>> {
  const blobs = new Map<Digest, Blob>()
  const contents = new Map<Digest, ImageContent>()
  await inBatches(digests, async batch => {
    const images = await getImages(api, repository, batch, () => missingOrArchived)
    for (const image of images) {
      const manifest = understood(() => toManifest(image, repository))
      if (manifest !== undefined) contents.set(image.imageId.imageDigest, contentOf(manifest, blobs))
    }
  })
  return contents
}

/** @param known the blobs of the repository: those that manifests share are one object. */
function contentOf(manifest: Manifest, known: Map<Digest, Blob>): ImageContent {
  return {
    children: manifest.children.map(({digest}) => digest),
    blobs: manifest.blobs.map(({digest, size}) => {
      const blob = known.get(digest)
      if (blob !== undefined && blob.size === size) return blob
      const fresh = {digest, size}
      known.set(digest, fresh)
      return fresh
    }),
  }
}

const untrue: ReadonlySet<string> = new Set(['DIGEST_MISMATCH', 'MANIFEST_NOT_TEXT'])

/** What cannot be read is unknown; what is not what it says is refused. */
function understood(read: () => Manifest): Manifest | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RefusalError && !untrue.has(error.code)) return undefined
    throw error
  }
}
