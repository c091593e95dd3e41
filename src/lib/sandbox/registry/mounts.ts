import {checkRepositoryName} from '../api/check.ts'
import {accountSetting} from '../api/registry-settings.ts'
import {EcrError} from '../ecr-error.ts'
import type {Layer, Repository} from '../state/repository.ts'
import {accessOf, type RegistryRequest} from './request.ts'

/**
 * The blob that a mount takes over: one of another repository of the same registry, which the caller may read.
 *
 * @param from the other repository's name; null when the client does not know where the blob is.
 */
export function findMountable(
  request: RegistryRequest,
  target: Repository,
  digest: string,
  from: string | null,
): Layer | undefined {
  if (request.dialect.mountsAnything) {
    const names = from === null ? repositoriesOf(request) : [from]
    return names.map(name => sourceOf(request, name)?.layers.get(digest)).find(layer => layer !== undefined)
  }
  const source = from === null || !isEnabled(request) ? undefined : sourceOf(request, from)
  const layer = source?.layers.get(digest)
  if (source === undefined || layer === undefined) return undefined
  // ECR user guide, blob-mounting; that an image must list the blob: aws/containers-roadmap#2860. What a mount without
  // `from` does is unconfirmed.
  const {createdBy, encryption} = source.settings
  const sameKey = JSON.stringify(encryption) === JSON.stringify(target.settings.encryption)
  return sameKey && createdBy !== 'PULL_THROUGH_CACHE' && layer.images > 0 ? layer : undefined
}

function isEnabled({world, account, region}: RegistryRequest): boolean {
  return accountSetting(world.registry(account, region), 'BLOB_MOUNTING') === 'ENABLED'
}

function repositoriesOf({world, account, region}: RegistryRequest): readonly string[] {
  return Array.from(world.registry(account, region).repositories.from(), ([name]) => name)
}

/** Undefined when it is not there, or not for this caller: the client has to upload then. */
function sourceOf(request: RegistryRequest, name: string): Repository | undefined {
  try {
    checkRepositoryName(name)
    const {account, region} = request
    return accessOf(request).repository({account, region, name}, 'GetDownloadUrlForLayer')
  } catch (error) {
    if (error instanceof EcrError) return undefined
    throw error
  }
}
