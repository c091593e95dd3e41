import type {Access} from '../access/access.ts'
import {EcrError} from '../ecr-error.ts'
import {imageArrived} from '../image-changes.ts'
import type {Services} from '../services.ts'
import type {ImageFailure, ImageId} from '../state/image-ids.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import {isImmutable} from '../state/tag-mutability.ts'
import {createFor} from '../templates/create.ts'
import {day} from '../time/durations.ts'
import {importImage, requireDigest} from './import.ts'
import {openUpstream} from './open.ts'
import {type Rule, ruleFor, upstreamNameOf} from './rules.ts'
import {tellPull} from './tell.ts'
import {UpstreamError, type UpstreamManifest} from './upstream.ts'

/**
 * Sees to it that an image which is pulled from a repository under a pull-through cache rule is here, as it is upstream: one
 * that is not here is imported, and a tag is compared with its like at most once in 24 hours, unless it is immutable (ECR user
 * guide, pull-through-cache). An image that is here is served, whatever befalls the upstream.
 *
 * @returns why a missing image could not be imported; undefined when all is well, or it is nowhere.
 * @throws {EcrError} AccessDeniedException for who may not import, UnableToGetUpstreamImageException.
 */
export async function pullThrough(
  services: Services,
  access: Access,
  id: RepositoryId,
  imageId: ImageId,
): Promise<ImageFailure | undefined> {
  const reference = imageId.imageTag ?? imageId.imageDigest
  const rule = ruleFor(services.world.registry(id.account, id.region), id.name)
  if (rule === undefined || reference === undefined) return undefined
  const repository = services.world.repository(id)
  const presence = repository === undefined ? 'absent' : presenceOf(repository, imageId, services.now())
  if (presence === 'fresh') return undefined
  try {
    access.require('BatchImportUpstreamImage', id)
    await bringIn(services, access, id, rule, reference)
    return undefined
  } catch (error) {
    if (!(error instanceof UpstreamError || error instanceof EcrError)) throw error
    const denied = error instanceof EcrError && error.exception === 'AccessDeniedException'
    if (!denied) tellPull(services, rule, id, imageId, error)
    if (presence === 'stale') return undefined
    if (error instanceof UpstreamError) {
      return {imageId, failureCode: error.code, failureReason: error.message}
    }
    throw passedOn.has(error.exception) ? error : notImported(error)
  }
}

const passedOn = new Set(['AccessDeniedException', 'LimitExceededException'])

function presenceOf(
  repository: Repository,
  {imageTag, imageDigest}: ImageId,
  now: number,
): 'absent' | 'stale' | 'fresh' {
  if (imageTag === undefined) return repository.images.has(imageDigest ?? '') ? 'fresh' : 'absent'
  if (!repository.tags.has(imageTag)) return 'absent'
  if (isImmutable(imageTag, repository.settings.tagMutability)) return 'fresh'
  const comparedAt = comparisonsOf(repository).get(imageTag)
  return comparedAt !== undefined && now - comparedAt < day ? 'fresh' : 'stale'
}

async function bringIn(
  services: Services,
  access: Access,
  id: RepositoryId,
  rule: Rule,
  reference: string,
): Promise<void> {
  const {world} = services
  const name = upstreamNameOf(rule, id.name)
  // Its own images are all in `library/` (ECR user guide, error-pullthroughcache).
  if (rule.upstreamRegistry === 'docker-hub' && !name.includes('/')) {
    throw new UpstreamError('UpstreamAccessDenied', '403 Forbidden')
  }
  const upstream = openUpstream(services, world.registry(id.account, id.region), rule)
  const manifest = await upstream.manifest(name, reference)
  if (manifest === undefined) return
  const tag = tagOf(reference, manifest)
  const repository = world.repository(id) ?? make(services, access, id)
  const image = await importImage(services, {upstream, name}, repository, manifest, tag)
  if (tag !== undefined) comparisonsOf(repository).set(tag, services.now())
  imageArrived(services, repository, image, tag)
  tellPull(services, rule, id, {imageDigest: image.digest, ...(tag === undefined ? {} : {imageTag: tag})})
}

function tagOf(reference: string, {bytes}: UpstreamManifest): string | undefined {
  if (!reference.includes(':')) return reference
  requireDigest(bytes, reference)
  return undefined
}

function make(services: Services, access: Access, id: RepositoryId): Repository {
  access.require('CreateRepository', id)
  return createFor(services, id, 'PULL_THROUGH_CACHE')
}

/** When each tag was last compared with its like upstream. */
function comparisonsOf(repository: Repository) {
  return repository.table<number>('upstream-comparison')
}

// API reference, BatchGetImage.
function notImported(cause: EcrError): EcrError {
  return new EcrError(
    'UnableToGetUpstreamImageException',
    `The image or images were unable to be pulled using the pull through cache rule. ${cause.message}`,
  )
}
