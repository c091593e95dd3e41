import {checkRepositoryName} from '../api/check.ts'
import type {Reply} from '../server/exchange.ts'
import {openRepository} from '../state/access.ts'
import type {Repository} from '../state/repository.ts'
import type {Upload} from '../state/uploads.ts'
import {RegistryError} from './registry-error.ts'
import {locationOf, open, type RegistryRequest, requireDigest} from './request.ts'

export async function startUpload(request: RegistryRequest, name: string): Promise<Reply> {
  const repository = open(request, name, 'InitiateLayerUpload')
  return progress(request, await request.world.uploads.start(repository, request.now()), 202)
}

/** Takes a blob over from another repository of the registry, or else starts an upload, as the protocol has it. */
export async function mountBlob(
  request: RegistryRequest,
  name: string,
  digest: string,
  from: string | null,
): Promise<Reply> {
  const repository = open(request, name, 'InitiateLayerUpload')
  const size = from === null ? undefined : mountable(request, repository, digest, from)
  if (size === undefined) return startUpload(request, name)
  repository.addLayer(digest, size)
  return created(request, repository, digest)
}

/** The size of the blob if ECR would mount it (user guide, blob-mounting; aws/containers-roadmap#2860). */
function mountable(
  request: RegistryRequest,
  target: Repository,
  digest: string,
  from: string,
): number | undefined {
  const {world, account, region, caller} = request
  if (world.setting(account, region, 'BLOB_MOUNTING') !== 'ENABLED') return undefined
  try {
    checkRepositoryName(from)
    const source = openRepository(world, caller, {account, region, name: from}, 'GetDownloadUrlForLayer')
    const layer = source.layers.get(digest)
    const sameKey = JSON.stringify(source.settings.encryption) === JSON.stringify(target.settings.encryption)
    return layer !== undefined && layer.images > 0 && sameKey ? layer.size : undefined
  } catch {
    // No such repository, or not for this caller: then it is an upload.
    return undefined
  }
}

export async function uploadAtOnce(request: RegistryRequest, name: string, digest: string): Promise<Reply> {
  const repository = open(request, name, 'InitiateLayerUpload')
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
  // The protocol says 202; ECR says 201.
  return progress(request, upload, 201)
}

export async function finishUpload(request: RegistryRequest, name: string, id: string): Promise<Reply> {
  const repository = open(request, name, 'CompleteLayerUpload')
  const upload = request.world.uploads.find(repository, id)
  const digest = request.incoming.query.get('digest') ?? ''
  await receive(request, upload)
  return complete(request, upload, digest)
}

export async function cancelUpload(request: RegistryRequest, name: string, id: string): Promise<Reply> {
  const repository = open(request, name, 'UploadLayerPart')
  await request.world.uploads.cancel(request.world.uploads.find(repository, id))
  return {status: 204}
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
  upload.busy = true
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) await upload.writer.write(chunk)
  } finally {
    upload.busy = false
  }
}

async function complete(request: RegistryRequest, upload: Upload, digest: string): Promise<Reply> {
  const {repository} = upload
  requireDigest(digest, 'layerDigest')
  if (upload.writer.size === 0) {
    // Blobs without bytes are taken and never found again (oras-project/oras-py#54).
    await request.world.uploads.cancel(upload)
  } else {
    await request.world.uploads.complete(upload, [digest])
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
