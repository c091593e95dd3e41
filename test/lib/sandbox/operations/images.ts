import {sha256, smallImage} from '../support.ts'
import {elsewhere, type Scenarios} from './scenario.ts'

const digest = sha256('nothing')
const uploadId = '01234567-89ab-cdef-0123-456789abcdef'
const part = Buffer.from('layer').toString('base64')

export const imageScenarios: Scenarios<
  | 'BatchCheckLayerAvailability'
  | 'BatchDeleteImage'
  | 'BatchGetImage'
  | 'CompleteLayerUpload'
  | 'DescribeImages'
  | 'GetAuthorizationToken'
  | 'GetDownloadUrlForLayer'
  | 'InitiateLayerUpload'
  | 'ListImageReferrers'
  | 'ListImages'
  | 'PutImage'
  | 'UpdateImageStorageClass'
  | 'UploadLayerPart'
> = {
  GetAuthorizationToken: {input: () => ({registryIds: ['111111111111']})},

  BatchCheckLayerAvailability: {
    input: async s => ({...(await s.repository()), layerDigests: [await s.layer('layer'), digest]}),
    errors: elsewhere({layerDigests: [digest]}),
  },
  InitiateLayerUpload: {
    input: s => s.repository(),
    errors: elsewhere({}),
  },
  UploadLayerPart: {
    input: async s => {
      const {repositoryName} = await s.repository()
      const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
      return {repositoryName, uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}
    },
    errors: {
      ...elsewhere({uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}),
      UploadNotFoundException: async s => ({
        ...(await s.repository()),
        uploadId,
        partFirstByte: 0,
        partLastByte: 4,
        layerPartBlob: part,
      }),
      LimitExceededException: async s => {
        const {repositoryName} = await s.repository()
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        s.sandbox.setQuotas({partsPerLayer: 1})
        const sent = {repositoryName, uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}
        await s.does('UploadLayerPart', sent)
        return {...sent, partFirstByte: 5, partLastByte: 9}
      },
      InvalidLayerPartException: async s => {
        const {repositoryName} = await s.repository()
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        return {repositoryName, uploadId, partFirstByte: 7, partLastByte: 11, layerPartBlob: part}
      },
    },
  },
  CompleteLayerUpload: {
    input: async s => {
      const {repositoryName} = await s.repository()
      const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
      const sent = {repositoryName, uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}
      await s.does('UploadLayerPart', sent)
      return {repositoryName, uploadId, layerDigests: [sha256('layer')]}
    },
    errors: {
      ...elsewhere({uploadId, layerDigests: [digest]}),
      UploadNotFoundException: async s => ({...(await s.repository()), uploadId, layerDigests: [digest]}),
      EmptyUploadException: async s => {
        const {repositoryName} = await s.repository()
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        return {repositoryName, uploadId, layerDigests: [digest]}
      },
      InvalidLayerException: async s => {
        const {repositoryName} = await s.repository()
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        const sent = {repositoryName, uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}
        await s.does('UploadLayerPart', sent)
        return {repositoryName, uploadId, layerDigests: [digest]}
      },
      LayerAlreadyExistsException: async s => {
        const {repositoryName} = await s.repository()
        await s.layer('layer')
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        const sent = {repositoryName, uploadId, partFirstByte: 0, partLastByte: 4, layerPartBlob: part}
        await s.does('UploadLayerPart', sent)
        return {repositoryName, uploadId, layerDigests: [sha256('layer')]}
      },
      LayerPartTooSmallException: async s => {
        const {repositoryName} = await s.repository()
        const {uploadId} = await s.does('InitiateLayerUpload', {repositoryName})
        for (const partFirstByte of [0, 5]) {
          const sent = {repositoryName, uploadId, partFirstByte, partLastByte: partFirstByte + 4}
          await s.does('UploadLayerPart', {...sent, layerPartBlob: part})
        }
        return {repositoryName, uploadId, layerDigests: [sha256('layerlayer')]}
      },
    },
  },
  GetDownloadUrlForLayer: {
    input: async s => {
      const {repositoryName, layer} = await s.image()
      return {repositoryName, layerDigest: sha256(layer)}
    },
    errors: {
      ...elsewhere({layerDigest: digest}),
      LayersNotFoundException: async s => ({...(await s.repository()), layerDigest: digest}),
      LayerInaccessibleException: async s => ({
        ...(await s.repository()),
        layerDigest: await s.layer('unassociated'),
      }),
    },
  },

  PutImage: {
    input: async s => {
      const {repositoryName} = await s.repository()
      const {layer, config, manifest} = smallImage()
      for (const blob of [layer, config]) await s.layer(blob)
      return {repositoryName, imageManifest: manifest, imageTag: 'v1'}
    },
    errors: {
      ...elsewhere({imageManifest: smallImage().manifest}),
      ImageAlreadyExistsException: async s => {
        const {repositoryName, manifest} = await s.image('v1')
        return {repositoryName, imageManifest: manifest, imageTag: 'v1'}
      },
      ImageTagAlreadyExistsException: async s => {
        await s.repository({imageTagMutability: 'IMMUTABLE'})
        const {repositoryName} = await s.image('v1')
        const {manifest} = await s.image('v2')
        return {repositoryName, imageManifest: manifest, imageTag: 'v1'}
      },
      LimitExceededException: async s => {
        const {repositoryName, manifest} = await s.image('v1')
        s.sandbox.setQuotas({tagsPerImage: 1})
        return {repositoryName, imageManifest: manifest, imageTag: 'v2'}
      },
      ImageDigestDoesNotMatchException: async s => ({
        ...(await s.repository()),
        imageManifest: smallImage().manifest,
        imageDigest: digest,
      }),
      LayersNotFoundException: async s => ({...(await s.repository()), imageManifest: smallImage().manifest}),
      ReferencedImagesNotFoundException: async s => ({
        ...(await s.repository()),
        imageManifest: s.index(digest),
      }),
    },
  },
  BatchGetImage: {
    input: async s => {
      const {repositoryName, imageId} = await s.image()
      return {repositoryName, imageIds: [imageId, {imageTag: 'missing'}]}
    },
    errors: elsewhere({imageIds: [{imageTag: 'v1'}]}),
  },
  BatchDeleteImage: {
    input: async s => {
      const {repositoryName} = await s.image()
      return {repositoryName, imageIds: [{imageTag: 'v1'}, {}]}
    },
    errors: elsewhere({imageIds: [{imageTag: 'v1'}]}),
  },
  DescribeImages: {
    input: async s => {
      const {repositoryName} = await s.image()
      return {repositoryName, filter: {tagStatus: 'TAGGED', imageStatus: 'ANY'}}
    },
    errors: {
      ...elsewhere({}),
      ImageNotFoundException: async s => ({...(await s.repository()), imageIds: [{imageTag: 'v1'}]}),
    },
  },
  ListImages: {
    input: async s => {
      const {repositoryName} = await s.image()
      return {repositoryName, filter: {tagStatus: 'TAGGED'}}
    },
    errors: elsewhere({}),
  },
  ListImageReferrers: {
    input: async s => {
      const {repositoryName, digest: subject} = await s.image()
      const {layer, config, manifest} = smallImage('signature')
      for (const blob of [layer, config]) await s.layer(blob)
      const mediaType = 'application/vnd.oci.image.manifest.v1+json'
      const referrer = {...(JSON.parse(manifest) as object), subject: {mediaType, digest: subject, size: 10}}
      await s.does('PutImage', {repositoryName, imageManifest: JSON.stringify(referrer)})
      const filter = {artifactTypes: ['application/vnd.oci.image.config.v1+json'], artifactStatus: 'ANY'}
      return {repositoryName, subjectId: {imageDigest: subject}, filter}
    },
    errors: elsewhere({subjectId: {imageDigest: digest}}),
  },
  UpdateImageStorageClass: {
    input: async s => {
      const {repositoryName, imageId} = await s.image()
      return {repositoryName, imageId, targetStorageClass: 'ARCHIVE'}
    },
    errors: {
      ...elsewhere({imageId: {imageDigest: digest}, targetStorageClass: 'ARCHIVE'}),
      ImageNotFoundException: async s => ({
        ...(await s.repository()),
        imageId: {imageDigest: digest},
        targetStorageClass: 'ARCHIVE',
      }),
      ImageStorageClassUpdateNotSupportedException: async s => {
        const {repositoryName, digest: child} = await s.image()
        await s.does('PutImage', {repositoryName, imageManifest: s.index(child), imageTag: 'index'})
        return {repositoryName, imageId: {imageDigest: child}, targetStorageClass: 'ARCHIVE'}
      },
    },
  },
}
