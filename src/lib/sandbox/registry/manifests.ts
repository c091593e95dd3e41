import {EcrError, invalidParameter} from '../ecr-error.ts'
import {headerOf, type Reply, readBody} from '../exchange.ts'
import {imagePushed, imagesDeleted} from '../image-changes.ts'
import {deleteImage, type ImageId} from '../state/image-ids.ts'
import {putImage, tagAlreadyExists} from '../state/images.ts'
import {recordPull} from '../state/pull-times.ts'
import type {Image, Repository} from '../state/repository.ts'
import {isImmutable} from '../state/tag-mutability.ts'
import {openForPull} from './pulls.ts'
import {RegistryError} from './registry-error.ts'
import {locationOf, open, openForPush, type RegistryRequest, requireDigest} from './request.ts'

const largestManifest = 4 * 1024 * 1024
// The registry protocol's grammar; the API's model allows 300 characters of any kind. Which of the two ECR's data plane
// holds to is unconfirmed.
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

export async function getManifest(request: RegistryRequest, name: string, reference: string): Promise<Reply> {
  const repository = await openForPull(request, name, imageIdOf(reference))
  const image = findManifest(repository, reference)
  const head = request.incoming.method === 'HEAD'
  if (!head) recordPull(request.world, request.caller, repository, image.digest, request.now())
  const tellsDigest = head || isDigest(reference) || request.dialect.tellsDigestOfTag
  return {
    status: 200,
    headers: {
      'content-type': image.mediaType,
      'content-length': String(image.manifestSize),
      ...(tellsDigest ? {'docker-content-digest': image.digest} : {}),
    },
    ...(head ? {} : {body: await request.world.holdings.readWhole(image.digest)}),
  }
}

export async function putManifest(request: RegistryRequest, name: string, reference: string): Promise<Reply> {
  const {dialect, incoming, world, now} = request
  const repository = openForPush(request, name, 'PutImage')
  const target = isDigest(reference)
    ? {digest: requireDigest(reference, 'imageDigest')}
    : {tag: requireTag(reference)}
  const tags = dialect.takesTagParameters ? incoming.query.getAll('tag').map(requireTag) : []
  const manifest = {
    bytes: await readManifest(request),
    mediaType: headerOf(incoming.headers, 'content-type'),
    mediaTypeParameters: dialect.takesMediaTypeParameters,
  }
  const {image, changed} = await putImage(world, repository, {...manifest, ...target}, now())
  // A push of an immutable tag is refused even when nothing would change (aws/containers-roadmap#2179; unconfirmed).
  if (!changed && target.tag !== undefined && isImmutable(target.tag, repository.settings.tagMutability)) {
    throw tagAlreadyExists(repository, target.tag)
  }
  if (changed) imagePushed(request, repository, image, target.tag)
  for (const tag of tags) {
    const tagged = await putImage(world, repository, {...manifest, tag}, now())
    if (tagged.changed) imagePushed(request, repository, tagged.image, tag)
  }
  return {
    status: 201,
    headers: {
      location: locationOf(request, `/v2/${name}/manifests/${image.digest}`),
      'docker-content-digest': image.digest,
      ...(image.subject === undefined ? {} : {'oci-subject': image.subject}),
      ...(tags.length === 0 ? {} : {'oci-tag': tags.join(', ')}),
    },
  }
}

export function deleteManifest(request: RegistryRequest, name: string, reference: string): Reply {
  const {deletesWithLastTag, deletesListedImages} = request.dialect
  const repository = open(request, name, 'BatchDeleteImage')
  if (!isDigest(reference) && !deletesWithLastTag) {
    findManifest(repository, reference)
    repository.removeTag(reference)
    return {status: 202}
  }
  const outcome = deleteImage(repository, imageIdOf(reference), deletesListedImages)
  if (!('failureCode' in outcome)) {
    imagesDeleted(request, repository, outcome)
    return {status: 202}
  }
  const {failureCode, failureReason} = outcome
  throw new EcrError(
    failureCode === 'ImageNotFound' ? 'ImageNotFoundException' : 'InvalidParameterException',
    failureReason,
  )
}

// An archived image is not there for those who pull (ECR user guide, archive-image).
function findManifest(repository: Repository, reference: string): Image {
  const digest = isDigest(reference) ? reference : repository.tags.get(reference)
  const image = digest === undefined ? undefined : repository.images.get(digest)
  if (image !== undefined && image.status === undefined) return image
  throw new EcrError('ImageNotFoundException', 'Requested image not found')
}

async function readManifest({incoming, dialect}: RegistryRequest): Promise<Uint8Array> {
  const bytes = await readBody(incoming.body, largestManifest)
  if (bytes !== undefined) return bytes
  const {message} = invalidParameter(
    'ImageManifest',
    `Member must have length less than or equal to ${largestManifest}`,
  )
  throw new RegistryError(...dialect.manifestTooLarge, message)
}

function requireTag(tag: string): string {
  if (tagPattern.test(tag)) return tag
  throw invalidParameter('imageTag', `must satisfy regular expression '${tagPattern.source.slice(1, -1)}'`)
}

function imageIdOf(reference: string): ImageId {
  return isDigest(reference) ? {imageDigest: reference} : {imageTag: reference}
}

function isDigest(reference: string): boolean {
  return reference.includes(':')
}
