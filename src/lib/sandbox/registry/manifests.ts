import {EcrError, invalidParameter} from '../ecr-error.ts'
import {imagePushed, imagesDeleted} from '../events/image-events.ts'
import {headerOf, type Reply, readBody} from '../server/exchange.ts'
import {deleteImage, type ImageId} from '../state/image-ids.ts'
import {putImage, tagAlreadyExists} from '../state/images.ts'
import type {Image, Repository} from '../state/repository.ts'
import {isImmutable} from '../state/tag-mutability.ts'
import {locationOf, open, type RegistryRequest} from './request.ts'

const largestManifest = 4 * 1024 * 1024
// The registry protocol's grammar; the API's model allows 300 characters of any kind. Which of the two ECR's data plane
// holds to is unconfirmed.
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

export async function getManifest(request: RegistryRequest, name: string, reference: string): Promise<Reply> {
  const repository = open(request, name, 'BatchGetImage')
  const image = findManifest(repository, reference)
  const head = request.incoming.method === 'HEAD'
  if (!head) repository.recordPull(image.digest, request.now())
  return {
    status: 200,
    headers: {
      'content-type': image.mediaType,
      'content-length': String(image.manifestSize),
      // ECR leaves it out of a GET by tag (aws/containers-roadmap#1931).
      ...(head || isDigest(reference) ? {'docker-content-digest': image.digest} : {}),
    },
    ...(head ? {} : {body: await request.world.content.readWhole(image.digest)}),
  }
}

export async function putManifest(request: RegistryRequest, name: string, reference: string): Promise<Reply> {
  const repository = open(request, name, 'PutImage')
  const byDigest = isDigest(reference)
  if (!byDigest && !tagPattern.test(reference)) {
    throw invalidParameter('imageTag', `must satisfy regular expression '${tagPattern.source.slice(1, -1)}'`)
  }
  const bytes = await readBody(request.incoming.body, largestManifest)
  if (bytes === undefined) {
    throw invalidParameter(
      'ImageManifest',
      `Member must have length less than or equal to ${largestManifest}`,
    )
  }
  const {image, changed} = await putImage(
    request.world,
    repository,
    {
      bytes,
      mediaType: headerOf(request.incoming.headers, 'content-type'),
      ...(byDigest ? {digest: reference} : {tag: reference}),
    },
    request.now(),
  )
  // A push of an immutable tag is refused even when nothing would change (aws/containers-roadmap#2179; unconfirmed).
  if (!changed && !byDigest && isImmutable(reference, repository.settings.tagMutability)) {
    throw tagAlreadyExists(repository, reference)
  }
  if (changed) imagePushed(request, repository, image, byDigest ? undefined : reference)
  return {
    status: 201,
    headers: {
      location: locationOf(request, `/v2/${name}/manifests/${image.digest}`),
      'docker-content-digest': image.digest,
      ...(image.subject === undefined ? {} : {'oci-subject': image.subject}),
    },
  }
}

export function deleteManifest(request: RegistryRequest, name: string, reference: string): Reply {
  const repository = open(request, name, 'BatchDeleteImage')
  const outcome = deleteImage(repository, imageIdOf(reference))
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

function findManifest(repository: Repository, reference: string): Image {
  const digest = isDigest(reference) ? reference : repository.tags.get(reference)
  const image = digest === undefined ? undefined : repository.images.get(digest)
  if (image === undefined) throw new EcrError('ImageNotFoundException', 'Requested image not found')
  return image
}

function imageIdOf(reference: string): ImageId {
  return isDigest(reference) ? {imageDigest: reference} : {imageTag: reference}
}

function isDigest(reference: string): boolean {
  return reference.includes(':')
}
