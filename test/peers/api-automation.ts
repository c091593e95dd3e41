import {expect, test} from 'vitest'
import {manifestType, sha256} from '../lib/sandbox/support.ts'
import type {ApiClient} from './api-client.ts'
import {putImage, repositoryName} from './api-scenario.ts'
import {accounts, region} from './tool-home.ts'

const registryId = accounts.dev
const day = 86_400_000
const keepOne = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1},
      action: {type: 'expire'},
    },
  ],
})

/** Tests of what a registry does by itself, on the sandbox's clock, by a client that others wrote. */
export function testApiAutomation(open: () => Promise<ApiClient>): void {
  test('previews a lifecycle policy, sets it, and its images go', async () => {
    const client = await open()
    const {sandbox} = client.home
    await client.call('CreateRepository', {repositoryName})
    const old = await putImage(client, 'v1')
    await sandbox.advanceClock(day)
    await putImage(client, 'v2')

    const policy = {repositoryName, lifecyclePolicyText: keepOne}
    const started = await client.call('StartLifecyclePolicyPreview', policy)
    expect(started).toMatchObject({status: 'IN_PROGRESS'})
    await sandbox.advanceClock(2000)
    await client.wait('LifecyclePolicyPreviewComplete', {repositoryName})
    expect(await client.call('GetLifecyclePolicyPreview', {repositoryName})).toMatchObject({
      status: 'COMPLETE',
      previewResults: [
        {imageDigest: old, imageTags: ['v1'], action: {type: 'EXPIRE'}, appliedRulePriority: 1},
      ],
      summary: {expiringImageTotalCount: 1},
    })
    expect((await client.call('ListImages', {repositoryName})).imageIds).toHaveLength(2)

    await client.call('PutLifecyclePolicy', policy)
    const got = await client.call('GetLifecyclePolicy', {repositoryName})
    expect(got).toMatchObject({lifecyclePolicyText: keepOne})
    await sandbox.advanceClock(day)
    expect((await client.call('ListImages', {repositoryName})).imageIds).toMatchObject([{imageTag: 'v2'}])
    await client.call('DeleteLifecyclePolicy', {repositoryName})
    expect(await client.refusal('GetLifecyclePolicy', {repositoryName})).toContain(
      `(LifecyclePolicyNotFoundException) when calling the GetLifecyclePolicy operation: Lifecycle policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
    )
  })

  test('scans an image and reads what was found', async () => {
    const client = await open()
    const {sandbox} = client.home
    await client.call('CreateRepository', {repositoryName})
    const digest = await putImage(client, 'v1')
    const finding = {name: 'CVE-2026-0001', severity: 'HIGH', uri: 'https://example.com/CVE-2026-0001'}
    await sandbox.putFindings({
      account: registryId,
      region,
      repository: repositoryName,
      digest,
      scanned: false,
      findings: {
        imageScanStatus: {status: 'COMPLETE'},
        imageScanFindings: {findings: [finding], findingSeverityCounts: {HIGH: 1}},
      },
    })
    const image = {repositoryName, imageId: {imageTag: 'v1'}}
    expect(await client.refusal('DescribeImageScanFindings', image)).toContain(
      '(ScanNotFoundException) when calling the DescribeImageScanFindings operation:',
    )
    const started = await client.call('StartImageScan', image)
    expect(started).toMatchObject({imageScanStatus: {status: 'IN_PROGRESS'}})
    await sandbox.advanceClock(2000)
    await client.wait('ImageScanComplete', image)
    expect(await client.call('DescribeImageScanFindings', image)).toMatchObject({
      imageId: {imageDigest: digest},
      imageScanStatus: {status: 'COMPLETE'},
      imageScanFindings: {findings: [finding], findingSeverityCounts: {HIGH: 1}},
    })
    const {imageDetails = []} = await client.call('DescribeImages', {repositoryName})
    expect(imageDetails).toHaveLength(1)
    expect(imageDetails[0], 'basic scanning no longer tells here').not.toHaveProperty('imageScanStatus')
  })

  test('replicates into another region', async () => {
    const client = await open()
    const destination = {region: 'us-east-1', registryId}
    const replicationConfiguration = {rules: [{destinations: [destination]}]}
    await client.call('PutReplicationConfiguration', {replicationConfiguration})
    expect(await client.call('DescribeRegistry', {})).toMatchObject({registryId, replicationConfiguration})
    await client.call('CreateRepository', {repositoryName})
    // However slow the client is, no time passes between the push and the question.
    const {sandbox} = client.home
    await sandbox.setClock(sandbox.now())
    const digest = await putImage(client, 'v1')
    const image = {repositoryName, imageId: {imageTag: 'v1'}}
    expect(await client.call('DescribeImageReplicationStatus', image)).toMatchObject({
      replicationStatuses: [{...destination, status: 'IN_PROGRESS'}],
    })
    await sandbox.advanceClock(2000)
    expect(await client.call('DescribeImageReplicationStatus', image)).toMatchObject({
      replicationStatuses: [{...destination, status: 'COMPLETE'}],
    })
    const {imageIds} = await client.call('ListImages', {repositoryName}, 'us-east-1')
    expect(imageIds).toEqual([{imageDigest: digest, imageTag: 'v1'}])
  })

  test('lists what refers to an image', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    const imageDigest = await putImage(client, 'v1')
    const {images = []} = await client.call('BatchGetImage', {repositoryName, imageIds: [{imageDigest}]})
    const subject = images[0]?.imageManifest ?? ''
    const {config, layers} = JSON.parse(subject) as {config: object; layers: object[]}
    const signature = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: 'application/vnd.example.signature',
      config,
      layers,
      subject: {mediaType: manifestType, digest: imageDigest, size: Buffer.byteLength(subject)},
    })
    await client.call('PutImage', {repositoryName, imageManifest: signature, imageDigest: sha256(signature)})
    const {referrers} = await client.call('ListImageReferrers', {repositoryName, subjectId: {imageDigest}})
    expect(referrers).toMatchObject([
      {digest: sha256(signature), mediaType: manifestType, artifactType: 'application/vnd.example.signature'},
    ])
  })

  test('archives an image and restores it', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    await putImage(client, 'v1')
    const image = {repositoryName, imageId: {imageTag: 'v1'}}
    await client.call('UpdateImageStorageClass', {...image, targetStorageClass: 'ARCHIVE'})
    expect(await statuses(client)).toEqual(['ARCHIVED'])
    await client.call('UpdateImageStorageClass', {...image, targetStorageClass: 'STANDARD'})
    expect(await statuses(client)).toEqual(['ACTIVATING'])
    await client.home.sandbox.advanceClock(20 * 60 * 1000)
    expect(await statuses(client)).toEqual(['ACTIVE'])
  })
}

async function statuses(client: ApiClient): Promise<readonly unknown[]> {
  const described = await client.call('DescribeImages', {repositoryName, filter: {imageStatus: 'ANY'}})
  return described.imageDetails?.map(({imageStatus}) => imageStatus) ?? []
}
