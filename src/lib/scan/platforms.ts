import type {OpenImage} from '../ecr/inventory/images.ts'
import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import {getManifests} from '../ecr/manifests.ts'
import {FailureError} from '../errors.ts'
import type {Descriptor, Platform} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import {isIndexType} from '../oci/media-types.ts'
import {formatPlatform} from '../oci/platform.ts'

/** A manifest that is run on one platform, and scanned by itself. */
export interface PlatformImage {
  /** `linux/arm64/v8`; null for an image that no index lists. */
  readonly platform: string | null
  readonly digest: Digest
  /** Milliseconds since the epoch; null when the repository does not have it. */
  readonly pushedAt: number | null
}

export interface PlatformImages {
  readonly kind: 'platforms'
  readonly images: readonly PlatformImage[]
}

/** An image of which perhaps only some of what its index lists is meant. */
export interface MeantImage extends OpenImage {
  /** Digests; everything without it. */
  readonly only?: ReadonlySet<Digest>
}

/** Indexes within indexes that are followed. */
const mostLevels = 4

/**
 * The images of an index, of indexes within it too; an image that is no index is itself one. Attestations are left out:
 * what BuildKit marks as one and no platform runs. Everything else that an index lists has to be scanned.
 *
 * Whether reading an index counts as a pull (`lastRecordedPullTime`) is unconfirmed.
 *
 * @throws {FailureError} NO_PLATFORMS, IMAGE_NOT_FOUND; {RefusalError} what is no manifest, or not the one asked for.
 */
export async function platformsOf({
  at,
  repository,
  digest,
  mediaType,
  pushedAt,
  only,
}: MeantImage): Promise<PlatformImages> {
  if (!isIndexType(mediaType)) return {kind: 'platforms', images: [{platform: null, digest, pushedAt}]}
  const leaves = new Map<Digest, string>()
  let indexes = new Map<Digest, Platform | undefined>([[digest, undefined]])
  for (let level = 0; indexes.size > 0; level += 1) {
    if (level === mostLevels)
      throw new FailureError(
        'NO_PLATFORMS',
        `${repository}@${digest} has indexes in more than ${mostLevels} levels.`,
      )
    const manifests = await getManifests(at.api, repository, [...indexes.keys()])
    const next = new Map<Digest, Platform | undefined>()
    for (const [index, around] of indexes) {
      for (const child of indexAt(index, manifests, repository).children) {
        if (only?.has(child.digest) === false) continue
        const platform = child.platform ?? around
        if (isIndexType(child.mediaType)) next.set(child.digest, platform)
        else if (!isAttestation(child))
          leaves.set(child.digest, platform === undefined ? 'unknown' : nameOf(platform))
      }
    }
    indexes = next
  }
  if (leaves.size === 0)
    throw new FailureError('NO_PLATFORMS', `${repository}@${digest} is an index that lists no image.`)
  const records = await readImagesNamed(at, repository, [...leaves.keys()])
  const pushed = new Map(records.map(record => [record.digest, record.pushedAt]))
  const images = [...leaves].map(([leaf, platform]) => ({
    platform,
    digest: leaf,
    pushedAt: pushed.get(leaf) ?? null,
  }))
  return {kind: 'platforms', images}
}

function indexAt(digest: Digest, manifests: ReadonlyMap<string, Manifest>, repository: string): Manifest {
  const manifest = manifests.get(digest)
  if (manifest !== undefined) return manifest
  throw new FailureError('IMAGE_NOT_FOUND', `The index ${repository}@${digest} is gone.`)
}

/** BuildKit, docs/attestations/attestation-storage.md. Either mark alone could hide an image that somebody runs. */
function isAttestation({annotations, platform}: Descriptor): boolean {
  return (
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
    platform?.os === 'unknown' &&
    platform.architecture === 'unknown'
  )
}

/** Indexes of Windows list a platform for each version, which containerd names `windows(10.0.20348)/amd64`. */
function nameOf(platform: Platform): string {
  const {os, 'os.version': version} = platform
  return formatPlatform(version === undefined ? platform : {...platform, os: `${os}(${version})`})
}
