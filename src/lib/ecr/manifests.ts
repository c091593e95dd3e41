import type {Image, ImageFailure, ImageIdentifier} from '@aws-sdk/client-ecr'
import {FailureError, RefusalError} from '../errors.ts'
import {type Descriptor, parseDescriptor} from '../oci/descriptor.ts'
import {type Digest, digestOf, isDigest} from '../oci/digest.ts'
import {type Manifest, parseManifest} from '../oci/manifest.ts'
import {isSchema1} from '../oci/media-types.ts'
import {oneLine} from '../oci/one-line.ts'
import type {LookedUp} from '../oci/registry.ts'
import type {EcrApi} from './api.ts'
import {inBatches, throwUnlessMissing} from './batches.ts'

const notFound = ['ImageNotFound']
/** What the API says of an archived image is unconfirmed; pushing it again restores it, so it counts as missing. */
export const missingOrArchived: readonly string[] = [...notFound, 'ImageInaccessible']

/** The digest that each tag points to; tags that do not exist are absent. */
export async function resolveTags(
  api: EcrApi,
  repository: string,
  tags: readonly string[],
): Promise<ReadonlyMap<string, Digest>> {
  const images = await imagesByTag(api, repository, tags)
  return new Map(images.map(({imageId}) => [imageId.imageTag, imageId.imageDigest]))
}

/** Manifests by tag or digest; those that do not exist are absent. */
export async function getManifests(
  api: EcrApi,
  repository: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, Manifest>> {
  const digests = references.filter(isDigest)
  const tags = references.filter(reference => !isDigest(reference))
  const tagged = await imagesByTag(api, repository, tags)

  // By tag ECR may convert a manifest to another type, by digest never (user guide, "Container image manifest formats").
  const exact = new Map(
    tagged.filter(isUnconverted).map(image => [image.imageId.imageDigest, toManifest(image, repository)]),
  )
  const asked = [...digests, ...tagged.map(({imageId}) => imageId.imageDigest)].filter(
    digest => !exact.has(digest),
  )
  for (const image of await getImages(api, repository, asked)) {
    exact.set(image.imageId.imageDigest, toManifest(image, repository))
  }

  const found = new Map<string, Manifest>()
  const digestByTag = new Map<string, Digest>(
    tagged.map(({imageId}) => [imageId.imageTag, imageId.imageDigest]),
  )
  for (const reference of references) {
    const manifest = exact.get(isDigest(reference) ? reference : (digestByTag.get(reference) ?? 'sha256:'))
    if (manifest !== undefined) found.set(reference, manifest)
  }
  return found
}

/** Which of `digests` exist. */
export async function presentManifests(
  api: EcrApi,
  repository: string,
  digests: readonly Digest[],
): Promise<ReadonlySet<Digest>> {
  return (await lookUp(api, repository, [], digests)).manifests
}

/** Which of `tags` and `digests` exist, a hundred of both in one call. */
export async function lookUp(
  api: EcrApi,
  repository: string,
  tags: readonly string[],
  digests: readonly Digest[],
): Promise<LookedUp> {
  const images = await getImages(api, repository, [...tags, ...digests], ({imageId}) =>
    imageId?.imageTag === undefined ? missingOrArchived : notFound,
  )
  return {
    tags: new Map(images.filter(isTagged(tags)).map(({imageId}) => [imageId.imageTag, imageId.imageDigest])),
    manifests: new Set(images.map(({imageId}) => imageId.imageDigest)),
  }
}

/**
 * Stores a manifest under its digest, and `tag` when given.
 *
 * @throws {RefusalError} TAG_IMMUTABLE, MANIFEST_NOT_TEXT.
 * @throws {FailureError} LAYERS_NOT_FOUND, REFERENCED_IMAGES_NOT_FOUND, REPOSITORY_NOT_FOUND.
 */
export async function putManifest(
  api: EcrApi,
  repository: string,
  manifest: Manifest,
  tag?: string,
): Promise<void> {
  try {
    const stored = await api.putImage(repository, manifest, textOf(manifest), tag)
    if (stored !== manifest.digest) throw storedAnother(stored, manifest.digest, repository)
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    if (error.code === 'IMAGE_ALREADY_EXISTS') return
    if (error.code !== 'IMAGE_TAG_ALREADY_EXISTS' || tag === undefined) throw error
    // Immutable repositories answer this for the same digest, too (containers-roadmap#2179).
    const holds = (await resolveTags(api, repository, [tag])).get(tag)
    if (holds === manifest.digest) return
    throw new RefusalError(
      'TAG_IMMUTABLE',
      `${repository}:${tag} is immutable and holds ${holds ?? 'another image'}; ${manifest.digest} was not tagged.`,
      {cause: error},
    )
  }
}

/** Manifests whose subject is `subject`. */
export async function listReferrers(
  api: EcrApi,
  repository: string,
  subject: Digest,
): Promise<readonly Descriptor[]> {
  const where = `ECR's referrers of ${subject}`
  const descriptors: Descriptor[] = []
  for await (const page of api.listImageReferrers(repository, subject)) {
    descriptors.push(...page.map(referrer => parseDescriptor(referrer, where)))
  }
  return descriptors
}

interface FoundImage extends Image {
  readonly imageId: ImageIdentifier & {readonly imageDigest: Digest}
}

interface TaggedImage extends FoundImage {
  readonly imageId: FoundImage['imageId'] & {readonly imageTag: string}
}

async function imagesByTag(
  api: EcrApi,
  repository: string,
  tags: readonly string[],
): Promise<readonly TaggedImage[]> {
  const images = await getImages(api, repository, tags)
  return images.filter(isTagged(tags))
}

function isTagged(tags: readonly string[]): (image: FoundImage) => image is TaggedImage {
  const asked = new Set(tags)
  return (image): image is TaggedImage => asked.has(image.imageId.imageTag ?? '')
}

/**
 * Images by tag or digest, a hundred in one call.
 *
 * @param missingCodes the failure codes that say that an image does not exist; it is absent from the answer.
 */
export async function getImages(
  api: EcrApi,
  repository: string,
  references: readonly string[],
  missingCodes: (failure: ImageFailure) => readonly string[] = () => notFound,
): Promise<readonly FoundImage[]> {
  const answers = await inBatches(references, batch => api.batchGetImage(repository, batch.map(toId)))
  return answers.flatMap(({images, failures}) => {
    for (const failure of failures)
      throwUnlessMissing([failure], missingCodes(failure), ({imageId}) => nameOf(repository, imageId))
    return images.map(image => withDigest(image, repository))
  })
}

function toId(reference: string): ImageIdentifier {
  return isDigest(reference) ? {imageDigest: reference} : {imageTag: reference}
}

function withDigest(image: Image, repository: string): FoundImage {
  const imageDigest = image.imageId?.imageDigest
  if (imageDigest !== undefined && isDigest(imageDigest)) {
    return {...image, imageId: {...image.imageId, imageDigest}}
  }
  throw new FailureError(
    'MISSING_FIELD',
    `ECR BatchGetImage named no digest for ${nameOf(repository, image.imageId)}. Treated as an error.`,
  )
}

function isUnconverted({imageManifest = '', imageId}: FoundImage): boolean {
  return digestOf(Buffer.from(imageManifest, 'utf8')) === imageId.imageDigest
}

/**
 * The manifest of an image that was asked for by its digest.
 *
 * @throws {RefusalError} DIGEST_MISMATCH, MANIFEST_NOT_TEXT, and what `parseManifest` throws.
 */
export function toManifest(image: FoundImage, repository: string): Manifest {
  const {imageManifest: text, imageManifestMediaType: mediaType, imageId} = image
  if (text === undefined) {
    throw new FailureError(
      'MISSING_FIELD',
      `ECR BatchGetImage gave no manifest for ${nameOf(repository, imageId)}. Treated as an error.`,
    )
  }
  const bytes = Buffer.from(text, 'utf8')
  const name = `${repository}@${imageId.imageDigest}`
  if (isUnconverted(image) || isSchema1(mediaType)) return parseManifest(bytes, mediaType, name)
  throw notWhatWasAsked(text, imageId.imageDigest, repository)
}

function notWhatWasAsked(text: string, digest: Digest, repository: string): RefusalError {
  if (text.includes('\uFFFD') || !text.isWellFormed()) {
    return new RefusalError(
      'MANIFEST_NOT_TEXT',
      `${repository}@${digest}: the manifest is not valid UTF-8, so ECR's API cannot give its exact bytes. Nothing was written.`,
    )
  }
  const actual = digestOf(Buffer.from(text, 'utf8'))
  return new RefusalError(
    'DIGEST_MISMATCH',
    `${repository}@${digest}: the registry returned content with digest ${actual}. Nothing was written. Do not promote from this registry until this is explained.`,
  )
}

function storedAnother(stored: string, digest: Digest, repository: string): RefusalError {
  return new RefusalError(
    'DIGEST_MISMATCH',
    `${repository}@${digest}: ECR says that it stored ${oneLine(stored, 80)}. Do not use what it stored.`,
  )
}

/** The API takes text: bytes that are not exactly its UTF-8 would arrive as others. */
function textOf({bytes, digest}: Manifest): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw new RefusalError(
      'MANIFEST_NOT_TEXT',
      `${digest}: the manifest is not valid UTF-8, so ECR's API cannot store its exact bytes. Nothing was written.`,
    )
  }
}

function nameOf(repository: string, id: ImageIdentifier | undefined): string {
  if (id?.imageTag !== undefined) return oneLine(`${repository}:${id.imageTag}`, 400)
  return oneLine(`${repository}@${id?.imageDigest ?? '?'}`, 400)
}
