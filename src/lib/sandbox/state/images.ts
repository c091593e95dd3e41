import {EcrError} from '../ecr-error.ts'
import {writeAll} from './content.ts'
import {digestOf} from './digest.ts'
import {type ManifestFacts, readManifest} from './manifest.ts'
import {requireRoom} from './quotas.ts'
import type {Image, Repository} from './repository.ts'
import {isImmutable} from './tag-mutability.ts'
import type {World} from './world.ts'

export interface PutImage {
  readonly bytes: Uint8Array
  readonly mediaType?: string | undefined
  readonly tag?: string | undefined
  /** The digest that the caller expects. */
  readonly digest?: string | undefined
  /** Whether media types may have parameters. */
  readonly mediaTypeParameters?: boolean | undefined
}

/**
 * Stores a manifest, byte for byte, and points `tag` to it.
 *
 * @returns the image, and what changed.
 * @throws {EcrError} InvalidParameterException, ImageDigestDoesNotMatchException, LayersNotFoundException,
 *   ReferencedImagesNotFoundException, ImageTagAlreadyExistsException, LimitExceededException,
 *   RepositoryNotFoundException.
 */
export async function putImage(
  world: World,
  repository: Repository,
  {bytes, mediaType, tag, digest: expected, mediaTypeParameters}: PutImage,
  now: number,
): Promise<{readonly image: Image; readonly changed: boolean}> {
  const digest = digestOf(bytes)
  if (expected !== undefined && expected !== digest) {
    throw new EcrError(
      'ImageDigestDoesNotMatchException',
      `Image digest '${digest}' does not match the expected digest '${expected}'`,
    )
  }
  const facts = readManifest(bytes, mediaType, mediaTypeParameters)
  requireContents(repository, facts)
  requireMovable(repository, tag, digest)
  const image = {...facts, digest, manifestSize: bytes.length}
  if (repository.images.has(digest)) return settle(world, repository, image, tag, now)
  return world.holdings.keep(await writeAll(world.content, bytes), () =>
    settle(world, repository, image, tag, now),
  )
}

/** Takes in an image whose content is there. Nothing comes between what it looks at and what it changes. */
function settle(
  world: World,
  repository: Repository,
  image: ManifestFacts & Pick<Image, 'digest' | 'manifestSize'>,
  tag: string | undefined,
  now: number,
): {readonly image: Image; readonly changed: boolean} {
  const {digest} = image
  // While the content was written, others may have changed what was true before, or deleted the repository.
  requireMovable(repository, tag, digest)
  requireContents(repository, image)
  const known = repository.images.get(digest)
  const {imagesPerRepository, tagsPerImage} = world.quotas
  const tagged = tag === undefined || repository.tags.get(tag) === digest
  if (known === undefined) requireRoom(repository.size, imagesPerRepository, 'images in a repository')
  if (!tagged) requireRoom(known?.tags.size ?? 0, tagsPerImage, 'tags of an image')
  if (known === undefined) {
    repository.addImage({...image, imageSize: sizeOf(repository, image), pushedAt: now})
  }
  // A push restores an archived image at once (ECR user guide, image-push).
  const restored = known?.status !== undefined
  if (restored) repository.updateImage(digest, {status: undefined, activatedAt: now})
  if (!tagged) repository.setTag(tag, digest)
  const put = repository.images.get(digest)
  if (put === undefined) throw new Error(`image ${digest} vanished while it was put`)
  return {image: put, changed: known === undefined || restored || !tagged}
}

function requireContents(repository: Repository, facts: ManifestFacts): void {
  const {name, account} = repository.id
  const where = `required for pushing image into repository with name '${name}' in the registry with id '${account}' do not exist`
  const layers = facts.layers.map(layer => layer.digest).filter(digest => !repository.layers.has(digest))
  if (layers.length > 0) {
    throw new EcrError('LayersNotFoundException', `Layers with digests '[${layers.join(', ')}]' ${where}`)
  }
  const images = (facts.children ?? []).filter(digest => !repository.images.has(digest))
  if (images.length > 0) {
    throw new EcrError(
      'ReferencedImagesNotFoundException',
      `Images with digests '[${images.join(', ')}]' ${where}`,
    )
  }
}

/** @throws {EcrError} RepositoryNotFoundException when the repository was deleted meanwhile. */
function requireMovable(repository: Repository, tag: string | undefined, digest: string): void {
  const {tagMutability} = repository.settings
  if (tag === undefined) return
  const present = repository.tags.get(tag)
  if (present === undefined || present === digest) return
  if (isImmutable(tag, tagMutability)) throw tagAlreadyExists(repository, tag)
}

export function tagAlreadyExists(repository: Repository, tag: string): EcrError {
  return new EcrError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${repository.id.name}' repository and cannot be overwritten because the tag is immutable.`,
  )
}

// For an index: the largest of its images (API reference, ImageDetail).
function sizeOf(repository: Repository, facts: ManifestFacts): number {
  const children = facts.children?.map(child => repository.images.get(child)?.imageSize ?? 0)
  return children === undefined ? facts.contentSize : Math.max(0, ...children)
}
