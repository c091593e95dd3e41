import type {Reply} from '../exchange.ts'
import type {Repository} from '../state/repository.ts'
import {receivePart, requirePartSizes} from '../state/upload-parts.ts'
import type {Upload} from '../state/uploads.ts'
import {findMountable} from './mounts.ts'
import {RegistryError} from './registry-error.ts'
import {locationOf, open, openForPush, type RegistryRequest, requireDigest} from './request.ts'

export async function startUpload(request: RegistryRequest, name: string): Promise<Reply> {
  return start(request, openForPush(request, name, 'InitiateLayerUpload'))
}

/** Takes a blob over from another repository of the registry, or else starts an upload, as the protocol has it. */
export async function mountBlob(
  request: RegistryRequest,
  name: string,
  digest: string,
  from: string | null,
): Promise<Reply> {
  const repository = openForPush(request, name, 'InitiateLayerUpload')
  const layer = findMountable(request, repository, digest, from)
  if (layer === undefined) return start(request, repository)
  repository.addLayer(digest, layer.size)
  return created(request, repository, digest)
}

export async function uploadAtOnce(request: RegistryRequest, name: string, digest: string): Promise<Reply> {
  const repository = openForPush(request, name, 'InitiateLayerUpload')
  requireDigest(digest, 'layerDigest')
  const upload = await request.world.uploads.start(repository, request.now())
  try {
    await receive(request, upload)
  } catch (error) {
    // Nobody else knows of it.
    await request.world.uploads.cancel(upload)
    throw error
  }
  return complete(request, upload, digest)
}

export function uploadStatus(request: RegistryRequest, name: string, id: string): Reply {
  const repository = open(request, name, 'UploadLayerPart')
  return progress(request, request.world.uploads.find(repository, id), 204)
}

export async function patchUpload(request: RegistryRequest, name: string, id: string): Promise<Reply> {
  const repository = open(request, name, 'UploadLayerPart')
  const upload = request.world.uploads.find(repository, id)
  await receive(request, upload)
  return progress(request, upload, request.dialect.patched)
}

export async function finishUpload(request: RegistryRequest, name: string, id: string): Promise<Reply> {
  const repository = open(request, name, 'CompleteLayerUpload')
  const upload = request.world.uploads.find(repository, id)
  const digest = requireDigest(request.incoming.query.get('digest') ?? '', 'layerDigest')
  await receive(request, upload)
  return complete(request, upload, digest)
}

export async function cancelUpload(request: RegistryRequest, name: string, id: string): Promise<Reply> {
  const repository = open(request, name, 'UploadLayerPart')
  await request.world.uploads.cancel(request.world.uploads.find(repository, id))
  return {status: 204}
}

async function start(request: RegistryRequest, repository: Repository): Promise<Reply> {
  const {smallestPart} = request.dialect
  const started = progress(request, await request.world.uploads.start(repository, request.now()), 202)
  if (smallestPart === 0) return started
  return {...started, headers: {...started.headers, 'oci-chunk-min-length': String(smallestPart)}}
}

/**
 * Appends the request's body to the upload. What came before a connection broke is kept, so that a body which begins
 * anew is out of place: ECR goes on where it is, or not at all.
 */
async function receive(request: RegistryRequest, upload: Upload): Promise<void> {
  const {headers, body, method} = request.incoming
  const first = /^(?:bytes )?(\d+)-\d+(?:\/.*)?$/.exec(headers['content-range'] ?? '')?.[1]
  const restarted = first === undefined && method === 'PATCH' && upload.writer.size > 0
  if (upload.busy || restarted || (first !== undefined && Number(first) !== upload.writer.size)) {
    const {headers: where = {}} = progress(request, upload, 416)
    throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', 'The upload does not continue at this byte', where)
  }
  // Leaving the loop early must leave the connection for the answer.
  const chunks = body.iterator({destroyOnReturn: false}) as AsyncIterable<Uint8Array>
  await receivePart(
    upload,
    chunks,
    request.world.quotas.partsPerLayer,
    Number(headers['content-length'] ?? 0),
  )
}

async function complete(request: RegistryRequest, upload: Upload, digest: string): Promise<Reply> {
  const {repository, writer} = upload
  const {dialect, world} = request
  if (dialect.smallestPart > 0) requirePartSizes(upload)
  if (writer.size === 0 && digest === writer.digest() && !dialect.keepsEmptyBlobs) {
    await world.uploads.cancel(upload)
  } else {
    await world.uploads.complete(upload, [digest])
  }
  return created(request, repository, digest)
}

function created(request: RegistryRequest, repository: Repository, digest: string): Reply {
  return {
    status: 201,
    headers: {
      location: locationOf(request, `/v2/${repository.id.name}/blobs/${digest}`),
      'docker-content-digest': digest,
    },
  }
}

function progress(request: RegistryRequest, {id, repository, writer}: Upload, status: number): Reply {
  return {
    status,
    headers: {
      location: locationOf(request, `/v2/${repository.id.name}/blobs/uploads/${id}`),
      'docker-upload-uuid': id,
      range: `0-${Math.max(writer.size - 1, 0)}`,
    },
  }
}
