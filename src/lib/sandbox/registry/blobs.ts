import {downloadLink} from '../download/link.ts'
import type {Reply} from '../server/exchange.ts'
import type {Layer, Repository} from '../state/repository.ts'
import {RegistryError} from './registry-error.ts'
import {open, type RegistryRequest, requireDigest} from './request.ts'

export function headBlob(request: RegistryRequest, name: string, digest: string): Reply {
  const repository = open(request, name, 'BatchCheckLayerAvailability')
  const {size} = findLayer(repository, digest)
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'docker-content-digest': digest,
    },
  }
}

/** Blobs come from another origin. Unlike the API, this also serves one that no image lists yet (unconfirmed). */
export function redirectToBlob(request: RegistryRequest, name: string, digest: string): Reply {
  const repository = open(request, name, 'GetDownloadUrlForLayer')
  findLayer(repository, digest)
  return {status: 307, headers: {location: downloadLink(request, repository.id, digest)}}
}

function findLayer(repository: Repository, digest: string): Layer {
  const layer = repository.layers.get(requireDigest(digest, 'layerDigest'))
  if (layer !== undefined) return layer
  const {name, account} = repository.id
  throw new RegistryError(
    404,
    'BLOB_UNKNOWN',
    `Layer with digest '${digest}' does not exist in the repository with name '${name}' in the registry with id '${account}'`,
  )
}
