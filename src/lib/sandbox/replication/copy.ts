import {Access} from '../access/access.ts'
import {EcrError} from '../ecr-error.ts'
import {rootOf} from '../identity/caller.ts'
import {partitionOf} from '../identity/partition.ts'
import {scanOnPush} from '../scanning/run.ts'
import type {Services} from '../services.ts'
import {putImage} from '../state/images.ts'
import type {Image, Repository, RepositoryId} from '../state/repository.ts'
import {createFor} from '../templates/create.ts'
import type {Destination} from './configuration.ts'
import type {WhichImage} from './schedule.ts'

/** How one replication ended. */
export interface Outcome {
  readonly status: 'COMPLETE' | 'FAILED'
  /** Which codes ECR has is unconfirmed: here the exceptions of its API, without that word. */
  readonly failureCode?: string
  /** Of the images that an index lists. */
  readonly subImageFailureCodes?: readonly string[]
}

/**
 * Copies an image to the repository of the same name in another registry, what an index lists first. A tag that is immutable
 * there stays where it is: the image arrives without it (ECR user guide, replication).
 */
export async function replicateImage(
  services: Services,
  source: RepositoryId,
  {digest, tag}: WhichImage,
  destination: Destination,
): Promise<Outcome> {
  const from = services.world.repository(source)
  const image = from?.images.get(digest)
  // Of a repository that is gone, too (ECR user guide, replication-backfill).
  if (from === undefined || image === undefined) return {status: 'FAILED', failureCode: 'ImageNotFound'}
  try {
    const to = openDestination(services, source, destination)
    const failures = await copyChildren(services, from, image, to)
    if (failures.length > 0) {
      return {status: 'FAILED', failureCode: 'ReferencedImagesNotFound', subImageFailureCodes: failures}
    }
    await copy(services, from, image, to, tag)
    return {status: 'COMPLETE', ...(image.children && {subImageFailureCodes: []})}
  } catch (error) {
    return {status: 'FAILED', failureCode: codeOf(error)}
  }
}

/**
 * Whether the account of `source` may act for replication on its like in the destination registry: across accounts when a
 * policy there says so, within one unless a policy denies it (ECR user guide, registry-permissions-create-replication).
 *
 * @throws {EcrError} AccessDeniedException.
 */
export function requireReplication(
  {world, now}: Services,
  source: RepositoryId,
  destination: Destination,
  action: 'ReplicateImage' | 'CreateRepository',
): void {
  const caller = rootOf(source.account, partitionOf(source.region).name)
  new Access(world, caller, {now: now()}).require(action, destinationOf(source, destination))
}

/** The repository to which a repository replicates. */
export function destinationOf({name}: RepositoryId, {registryId, region}: Destination): RepositoryId {
  return {account: registryId, region, name}
}

function openDestination(services: Services, source: RepositoryId, destination: Destination): Repository {
  const id = destinationOf(source, destination)
  requireReplication(services, source, destination, 'ReplicateImage')
  const present = services.world.repository(id)
  if (present !== undefined) return present
  requireReplication(services, source, destination, 'CreateRepository')
  return createFor(services, id, 'REPLICATION')
}

/** @returns the failure codes of those that could not be copied, each once. */
async function copyChildren(
  services: Services,
  from: Repository,
  {children = []}: Image,
  to: Repository,
): Promise<readonly string[]> {
  const codes = new Set<string>()
  for (const digest of children) {
    const child = from.images.get(digest)
    try {
      if (child === undefined) throw new EcrError('ImageNotFoundException', '')
      for (const code of await copyChildren(services, from, child, to)) codes.add(code)
      await copy(services, from, child, to)
    } catch (error) {
      codes.add(codeOf(error))
    }
  }
  return [...codes]
}

async function copy(
  services: Services,
  from: Repository,
  {digest, mediaType, status, layers}: Image,
  to: Repository,
  tag?: string,
): Promise<void> {
  const {world, now} = services
  if (status !== undefined) throw new EcrError('ImageArchivedException', '')
  const bytes = await world.holdings.readWhole(digest)
  for (const {digest: layer} of layers) {
    const size = from.layers.get(layer)?.size
    if (size !== undefined) to.addLayer(layer, size)
  }
  const put = (what: {readonly tag?: string}) => putImage(world, to, {bytes, mediaType, ...what}, now())
  const {image} = await put(tag === undefined ? {} : {tag}).catch((error: unknown) => {
    if (error instanceof EcrError && error.exception === 'ImageTagAlreadyExistsException') return put({})
    throw error
  })
  // That what replicates is scanned like what is pushed is unconfirmed.
  scanOnPush(services, to, image)
}

function codeOf(error: unknown): string {
  if (error instanceof EcrError) return error.exception.replace(/Exception$/, '')
  throw error
}
