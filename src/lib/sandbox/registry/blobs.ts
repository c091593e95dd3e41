import {blobReply} from '../download/blob-reply.ts'
import {downloadLink} from '../download/link.ts'
import type {Reply} from '../exchange.ts'
import {pullLayerThrough} from '../pull-through/parts.ts'
import type {Layer, Repository} from '../state/repository.ts'
import {RegistryError, unsupported} from './registry-error.ts'
import {accessOf, open, type RegistryRequest, requireDigest} from './request.ts'

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

/** Unlike the API, this also serves a blob that no image lists yet (unconfirmed). */
export async function getBlob(request: RegistryRequest, name: string, digest: string): Promise<Reply> {
  const {dialect, incoming, world} = request
  const repository = open(request, name, 'GetDownloadUrlForLayer')
  await pullLayerThrough(request, accessOf(request), repository, requireDigest(digest, 'layerDigest'))
  const {size} = findLayer(repository, digest)
  if (dialect.redirectsToBlobs) {
    const location = downloadLink(request, repository.id, digest, incoming.host)
    return {status: 307, headers: {location}}
  }
  const reply = blobReply(world.content, {digest, size}, incoming.headers.range)
  if (reply === 'unsatisfiable') {
    const range = {'content-range': `bytes */${size}`}
    throw new RegistryError(416, 'SIZE_INVALID', 'The requested range is not satisfiable', range)
  }
  return {...reply, headers: {...reply.headers, 'docker-content-digest': digest}}
}

export function deleteBlob(request: RegistryRequest, name: string, digest: string): Reply {
  if (!request.dialect.deletesBlobs) throw unsupported()
  const repository = open(request, name, 'BatchDeleteImage')
  findLayer(repository, digest)
  repository.removeLayer(digest)
  return {status: 202}
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
