import {checkRepositoryName} from '../api/check.ts'
import {pullThrough} from '../pull-through/pull.ts'
import type {ImageFailure, ImageId} from '../state/image-ids.ts'
import type {Repository} from '../state/repository.ts'
import {RegistryError} from './registry-error.ts'
import {accessOf, open, type RegistryRequest} from './request.ts'

/**
 * The repository that an image is pulled from. Under a pull-through cache rule, an image that is not here is brought in from
 * the upstream registry first, and the repository is made for it.
 */
export async function openForPull(
  request: RegistryRequest,
  name: string,
  imageId: ImageId,
): Promise<Repository> {
  checkRepositoryName(name)
  const {account, region} = request
  const access = accessOf(request)
  access.require('BatchGetImage', {account, region, name})
  const unavailable = await pullThrough(request, access, {account, region, name}, imageId)
  if (unavailable !== undefined) throw refusal(unavailable)
  return open(request, name, 'BatchGetImage')
}

// A pull through the cache from Docker Hub that names no `library/` is answered 403 (ECR user guide,
// error-pullthroughcache); the others are unconfirmed.
function refusal({failureCode, failureReason}: ImageFailure): RegistryError {
  if (failureCode === 'UpstreamAccessDenied') return new RegistryError(403, 'DENIED', failureReason)
  if (failureCode === 'UpstreamTooManyRequests') {
    return new RegistryError(429, 'TOOMANYREQUESTS', failureReason)
  }
  return new RegistryError(503, 'UNAVAILABLE', failureReason)
}
