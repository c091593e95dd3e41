import {downloadLink} from '../download/link.ts'
import {EcrError} from '../ecr-error.ts'
import {pullLayerThrough} from '../pull-through/parts.ts'
import {digestPattern} from '../state/digest.ts'
import {receivePart, requireParts} from '../state/upload-parts.ts'
import type {Layer, LayerFailure, LayerFailureCode} from './model/ecr.ts'
import {type EcrHandlers, repositoryOf, where} from './operation.ts'

const partSize = 10 * 1024 * 1024

export const layerOperations = {
  BatchCheckLayerAvailability: (call, input) => {
    const repository = repositoryOf(call, input)
    const layers: Layer[] = []
    const failures: LayerFailure[] = []
    for (const digest of input.layerDigests) {
      const layer = repository.layers.get(digest)
      if (layer !== undefined) {
        layers.push({
          layerDigest: digest,
          // That a layer is archived with the last of its images is unconfirmed.
          layerAvailability: layer.images > 0 && layer.images === layer.archived ? 'ARCHIVED' : 'AVAILABLE',
          layerSize: layer.size,
          // What a layer is that no image lists yet: unconfirmed.
          mediaType: layer.mediaType ?? 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        })
      } else if (digestPattern.test(digest)) {
        // Or an entry UNAVAILABLE among the layers: unconfirmed.
        failures.push(failure(digest, 'MissingLayerDigest', 'Requested layer not found'))
      } else {
        failures.push(failure(digest, 'InvalidLayerDigest', 'Invalid layer digest'))
      }
    }
    return {layers, failures}
  },

  InitiateLayerUpload: async (call, input) => {
    const upload = await call.world.uploads.start(repositoryOf(call, input), call.now())
    return {uploadId: upload.id, partSize}
  },

  UploadLayerPart: async (call, input) => {
    const repository = repositoryOf(call, input)
    const upload = call.world.uploads.find(repository, input.uploadId)
    const {partFirstByte, partLastByte, layerPartBlob: part} = input
    const position = upload.writer.size
    if (upload.busy || partFirstByte !== position || partLastByte - partFirstByte + 1 !== part.length) {
      const members = {
        ...where(repository),
        uploadId: upload.id,
        ...(position > 0 && {lastValidByteReceived: position - 1}),
      }
      throw new EcrError(
        'InvalidLayerPartException',
        `Layer part with first byte ${partFirstByte} and last byte ${partLastByte} is not consecutive to previous part upload`,
        {members},
      )
    }
    await receivePart(upload, [part], call.world.quotas.partsPerLayer)
    return {...where(repository), uploadId: upload.id, lastByteReceived: partLastByte}
  },

  CompleteLayerUpload: async (call, input) => {
    const repository = repositoryOf(call, input)
    const upload = call.world.uploads.find(repository, input.uploadId)
    requireParts(upload)
    const present = input.layerDigests.find(digest => repository.layers.has(digest))
    if (present !== undefined && upload.writer.digest() === present) {
      await call.world.uploads.cancel(upload)
      throw new EcrError(
        'LayerAlreadyExistsException',
        `Layer with digest '${present}' already exists in the repository with name '${repository.id.name}' in registry with id '${repository.id.account}'`,
      )
    }
    const digest = await call.world.uploads.complete(upload, input.layerDigests)
    return {...where(repository), uploadId: upload.id, layerDigest: digest}
  },

  GetDownloadUrlForLayer: async (call, input) => {
    const repository = repositoryOf(call, input)
    await pullLayerThrough(call, call.access, repository, input.layerDigest)
    const layer = repository.layers.get(input.layerDigest)
    const {name, account} = repository.id
    const which = `Layer with digest '${input.layerDigest}'`
    const place = `in the repository with name '${name}' in the registry with id '${account}'`
    if (layer === undefined) {
      throw new EcrError('LayersNotFoundException', `${which} does not exist ${place}`)
    }
    // What is cached from upstream may come before its image.
    if (layer.images === 0 && repository.settings.createdBy !== 'PULL_THROUGH_CACHE') {
      throw new EcrError(
        'LayerInaccessibleException',
        `${which} is not associated with an image ${place}. Unassociated image layers may be cleaned up at any time`,
      )
    }
    return {
      downloadUrl: downloadLink(call, repository.id, input.layerDigest),
      layerDigest: input.layerDigest,
    }
  },
} satisfies Partial<EcrHandlers>

function failure(layerDigest: string, failureCode: LayerFailureCode, failureReason: string): LayerFailure {
  return {layerDigest, failureCode, failureReason}
}
