import type {OpenImage} from '../ecr/inventory/images.ts'
import {readImagesNamed} from '../ecr/inventory/read-images.ts'
import {getManifests} from '../ecr/manifests.ts'
import {FailureError} from '../errors.ts'
import {type Descriptor, type Platform, parseDescriptor} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import {fieldsOf, type Manifest} from '../oci/manifest.ts'
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
 * what BuildKit marks as one and no platform runs. Everything else that an index lists has to be scanned. What is an index
 * the registry says: what a list claims of its entries decides nothing, for there are programs that do not read it.
 *
 * Whether reading an index counts as a pull (`lastRecordedPullTime`) is unconfirmed.
 *
 * @throws {FailureError} NO_PLATFORMS, IMAGE_NOT_FOUND; {RefusalError} what is no manifest, or not the one asked for.
 */
export async function platformsOf(image: MeantImage): Promise<PlatformImages> {
  const {at, repository, digest, mediaType, pushedAt} = image
  if (!isIndexType(mediaType)) return {kind: 'platforms', images: [{platform: null, digest, pushedAt}]}
  const images = new Map<string, PlatformImage>()
  let indexes: Indexes = new Map([[digest, undefined]])
  for (let level = 0; indexes.size > 0; level += 1) {
    if (level === mostLevels)
      throw new FailureError(
        'NO_PLATFORMS',
        `${repository}@${digest} has indexes in more than ${mostLevels} levels.`,
      )
    const listed = await readListed(image, indexes)
    const records = await readImagesNamed(
      at,
      repository,
      listed.map(each => each.digest),
    )
    const known = new Map(records.map(record => [record.digest, record]))
    const next = new Map<Digest, Platform | undefined>()
    for (const {digest: child, platform, isAttestation} of listed) {
      const record = known.get(child)
      const name = platform === undefined ? 'unknown' : nameOf(platform)
      if (record !== undefined && isIndexType(record.mediaType)) next.set(child, platform)
      else if (!isAttestation)
        images.set(`${name} ${child}`, {platform: name, digest: child, pushedAt: record?.pushedAt ?? null})
    }
    indexes = next
  }
  if (images.size === 0)
    throw new FailureError('NO_PLATFORMS', `${repository}@${digest} is an index that lists no image.`)
  return {kind: 'platforms', images: [...images.values()]}
}

/** Indexes, and the platform that the index around each says it is for. */
type Indexes = ReadonlyMap<Digest, Platform | undefined>

/** An entry of an index. */
interface Listed {
  readonly digest: Digest
  readonly platform: Platform | undefined
  readonly isAttestation: boolean
}

/** All entries of some indexes: one image may be there several times, for several platforms or under several marks. */
async function readListed({at, repository, only}: MeantImage, indexes: Indexes): Promise<Listed[]> {
  const manifests = await getManifests(at.api, repository, [...indexes.keys()])
  return [...indexes].flatMap(([index, around]) =>
    entriesOf(index, manifests.get(index), repository)
      .filter(({digest}) => only?.has(digest) !== false)
      .map(entry => ({
        digest: entry.digest,
        platform: entry.platform ?? around,
        isAttestation: isAttestation(entry),
      })),
  )
}

function entriesOf(digest: Digest, manifest: Manifest | undefined, repository: string): Descriptor[] {
  const where = `${repository}@${digest}`
  if (manifest === undefined) throw new FailureError('IMAGE_NOT_FOUND', `The index ${where} is gone.`)
  const {manifests} = fieldsOf(manifest)
  if (Array.isArray(manifests))
    return manifests.map((entry, position) => parseDescriptor(entry, `${where}, manifests[${position}]`))
  throw new FailureError('NO_PLATFORMS', `${where} lists nothing, and ECR says that it is an index.`)
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
