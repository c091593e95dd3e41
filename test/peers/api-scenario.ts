import {expect, test} from 'vitest'
import {http, sha256, smallImage} from '../lib/sandbox/support.ts'
import type {ApiClient} from './api-client.ts'
import {accounts, region} from './tool-home.ts'

const registryId = accounts.dev
export const repositoryName = 'team/app'
export const repositoryArn = `arn:aws:ecr:${region}:${registryId}:repository/${repositoryName}`

/** Puts an image whose layers are there already. @returns its digest. */
export async function putImage(client: ApiClient, imageTag: string): Promise<string> {
  const {layer, config, manifest, digest} = smallImage(imageTag)
  const blobs = [layer, config].map(blob => Buffer.from(blob).toString('base64'))
  await client.home.sandbox.seed({
    repositories: [{account: registryId, region, name: repositoryName, blobs}],
  })
  await client.call('PutImage', {repositoryName, imageManifest: manifest, imageTag})
  return digest
}

async function uploadLayer(client: ApiClient, layer: string): Promise<void> {
  const layerPartBlob = Buffer.from(layer)
  const {uploadId = ''} = await client.call('InitiateLayerUpload', {repositoryName})
  const part = {partFirstByte: 0, partLastByte: layerPartBlob.length - 1, layerPartBlob}
  await client.call('UploadLayerPart', {repositoryName, uploadId, ...part})
  await client.call('CompleteLayerUpload', {repositoryName, uploadId, layerDigests: [sha256(layer)]})
}

/** Tests of repositories, images and policies, by a client that others wrote. */
export function testApiClient(open: () => Promise<ApiClient>): void {
  test('makes a repository, changes its settings and its tags, and deletes it', async () => {
    const client = await open()
    const {repository} = await client.call('CreateRepository', {
      repositoryName,
      tags: [{Key: 'team', Value: 'payments'}],
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'dev-*'}],
      imageScanningConfiguration: {scanOnPush: true},
    })
    expect(repository).toMatchObject({
      repositoryArn,
      registryId,
      repositoryUri: `${registryId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD', filter: 'dev-*'}],
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'AES256'},
    })
    expect(timeOf(repository?.createdAt)).toBeCloseTo(client.home.sandbox.now() / 1000, -2)
    expect(await client.refusal('CreateRepository', {repositoryName})).toContain(
      `An error occurred (RepositoryAlreadyExistsException) when calling the CreateRepository operation: The repository with name '${repositoryName}' already exists in the registry with id '${registryId}'`,
    )

    await client.call('PutImageTagMutability', {repositoryName, imageTagMutability: 'MUTABLE'})
    const scanning = {repositoryName, imageScanningConfiguration: {scanOnPush: false}}
    await client.call('PutImageScanningConfiguration', scanning)
    const {repositories} = await client.call('DescribeRepositories', {repositoryNames: [repositoryName]})
    expect(repositories).toMatchObject([
      {imageTagMutability: 'MUTABLE', imageScanningConfiguration: {scanOnPush: false}},
    ])

    const tags = [{Key: 'stage', Value: 'dev'}]
    await client.call('TagResource', {resourceArn: repositoryArn, tags})
    await client.call('UntagResource', {resourceArn: repositoryArn, tagKeys: ['team']})
    expect(await client.call('ListTagsForResource', {resourceArn: repositoryArn})).toEqual({tags})

    await client.call('DeleteRepository', {repositoryName})
    expect(await client.refusal('DescribeRepositories', {repositoryNames: [repositoryName]})).toContain(
      `(RepositoryNotFoundException) when calling the DescribeRepositories operation: The repository with name '${repositoryName}' does not exist in the registry with id '${registryId}'`,
    )
  })

  test('puts an image layer by layer, describes it, gets it, and downloads a layer', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    const {layer, config, manifest, digest: imageDigest} = smallImage()
    for (const blob of [layer, config]) await uploadLayer(client, blob)
    await client.call('PutImage', {repositoryName, imageManifest: manifest, imageTag: 'v1'})
    const {imageDetails} = await client.call('DescribeImages', {repositoryName})
    expect(imageDetails).toMatchObject([
      {
        imageDigest,
        imageTags: ['v1'],
        imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      },
    ])
    const {images, failures} = await client.call('BatchGetImage', {
      repositoryName,
      imageIds: [{imageTag: 'v1'}, {imageTag: 'v2'}],
    })
    expect(images).toMatchObject([{imageId: {imageDigest, imageTag: 'v1'}, imageManifest: manifest}])
    expect(failures).toMatchObject([{imageId: {imageTag: 'v2'}, failureCode: 'ImageNotFound'}])

    const layerDigests = [sha256(layer), sha256(config), sha256('not there')]
    const checked = await client.call('BatchCheckLayerAvailability', {repositoryName, layerDigests})
    expect(checked.layers?.map(({layerAvailability}) => layerAvailability)).toEqual([
      'AVAILABLE',
      'AVAILABLE',
    ])
    expect(checked.failures).toMatchObject([{layerDigest: sha256('not there')}])
    const wanted = {repositoryName, layerDigest: sha256(layer)}
    const {downloadUrl = ''} = await client.call('GetDownloadUrlForLayer', wanted)
    expect((await http(downloadUrl)).text).toBe(layer)
  })

  test('lists, tags and deletes images, and is told what could not be deleted', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    const imageDigest = await putImage(client, 'v1')
    const {manifest} = smallImage('v1')
    await client.call('PutImage', {repositoryName, imageManifest: manifest, imageTag: 'v2'})
    expect(
      await client.refusal('PutImage', {repositoryName, imageManifest: manifest, imageTag: 'v2'}),
    ).toContain(
      `(ImageAlreadyExistsException) when calling the PutImage operation: Image with digest '${imageDigest}' and tag 'v2' already exists`,
    )
    const list = async () => (await client.call('ListImages', {repositoryName})).imageIds
    expect(await list()).toEqual([
      {imageDigest, imageTag: 'v1'},
      {imageDigest, imageTag: 'v2'},
    ])
    const deleted = await client.call('BatchDeleteImage', {
      repositoryName,
      imageIds: [{imageTag: 'v1'}, {imageTag: 'nope'}],
    })
    expect(deleted).toMatchObject({
      imageIds: [{imageDigest, imageTag: 'v1'}],
      failures: [{imageId: {imageTag: 'nope'}, failureCode: 'ImageNotFound'}],
    })
    expect(await list()).toEqual([{imageDigest, imageTag: 'v2'}])
    expect(await client.refusal('DeleteRepository', {repositoryName})).toContain(
      '(RepositoryNotEmptyException) when calling the DeleteRepository operation:',
    )
    await client.call('BatchDeleteImage', {repositoryName, imageIds: [{imageDigest}]})
    expect(await list()).toEqual([])
  })

  test('sets policies of a repository and of the registry, and deletes them', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    const statement = {
      Sid: 'pull',
      Effect: 'Allow',
      Principal: {AWS: `arn:aws:iam::${accounts.prod}:root`},
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    }
    const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
    await client.call('SetRepositoryPolicy', {repositoryName, policyText})
    const got = await client.call('GetRepositoryPolicy', {repositoryName})
    expect(JSON.parse(got.policyText ?? '')).toEqual(JSON.parse(policyText))
    await client.call('DeleteRepositoryPolicy', {repositoryName})
    expect(await client.refusal('GetRepositoryPolicy', {repositoryName})).toContain(
      `(RepositoryPolicyNotFoundException) when calling the GetRepositoryPolicy operation: Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
    )
    expect(await client.refusal('SetRepositoryPolicy', {repositoryName, policyText: '{}'})).toContain(
      '(InvalidParameterException) when calling the SetRepositoryPolicy operation:',
    )

    const replicate = {
      ...statement,
      Action: ['ecr:ReplicateImage'],
      Resource: `arn:aws:ecr:${region}:${registryId}:repository/*`,
    }
    const registryPolicy = JSON.stringify({Version: '2012-10-17', Statement: [replicate]})
    await client.call('PutRegistryPolicy', {policyText: registryPolicy})
    const registry = await client.call('GetRegistryPolicy', {})
    expect(JSON.parse(registry.policyText ?? '')).toEqual(JSON.parse(registryPolicy))
    await client.call('DeleteRegistryPolicy', {})
    expect(await client.refusal('GetRegistryPolicy', {})).toContain('(RegistryPolicyNotFoundException)')
  })
}

/** Seconds since the epoch of a time as a client prints it: a number, or a text. */
function timeOf(printed: unknown): number {
  return typeof printed === 'number' ? printed : Date.parse(String(printed)) / 1000
}
