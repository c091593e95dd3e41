import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  ListImageReferrersCommand,
  ListImagesCommand,
  PutImageCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {allImages, putIndex, putReferrer, putTagged, repositoryName} from './lifecycle-support.ts'
import {dev, ecrClient, openSandbox, putSmallImage, registryClient, sha256} from './support.ts'

const start = Date.UTC(2026, 10, 1)
const minute = 60_000

async function openAt(time: number) {
  const sandbox = await openSandbox()
  await sandbox.setClock(time)
  const client = ecrClient(sandbox)
  return {sandbox, client}
}

function move(client: ECRClient, imageDigest: string, targetStorageClass: 'ARCHIVE' | 'STANDARD') {
  return client.send(
    new UpdateImageStorageClassCommand({repositoryName, imageId: {imageDigest}, targetStorageClass}),
  )
}

test('an archived image is hidden, and listed on request', async () => {
  const {client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  expect(await move(client, digest, 'ARCHIVE')).toMatchObject({
    registryId: dev,
    repositoryName,
    imageId: {imageDigest: digest},
    imageStatus: 'ARCHIVED',
  })
  const described = await client.send(new DescribeImagesCommand({repositoryName}))
  expect(described.imageDetails).toEqual([])
  const listed = await client.send(new ListImagesCommand({repositoryName}))
  expect(listed.imageIds).toEqual([])
  const archived = await client.send(
    new ListImagesCommand({repositoryName, filter: {imageStatus: 'ARCHIVED'}}),
  )
  expect(archived.imageIds).toEqual([{imageDigest: digest, imageTag: 'v1'}])
  expect(await allImages(client)).toMatchObject([{imageStatus: 'ARCHIVED', lastArchivedAt: new Date(start)}])
})

test('a layer is archived with the last of its images, and comes back with the first', async () => {
  const {client, sandbox} = await openAt(start)
  const one = await putSmallImage(client, repositoryName, 'one', 'same')
  const other = one.manifest.replace('"schemaVersion"', ' "schemaVersion"')
  await client.send(new PutImageCommand({repositoryName, imageManifest: other, imageTag: 'other'}))
  const availability = async () => {
    const layerDigests = [sha256(one.layer)]
    const answer = await client.send(new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests}))
    return answer.layers?.[0]?.layerAvailability
  }
  await move(client, one.digest, 'ARCHIVE')
  expect(await availability()).toBe('AVAILABLE')
  await move(client, sha256(other), 'ARCHIVE')
  expect(await availability()).toBe('ARCHIVED')
  await move(client, one.digest, 'STANDARD')
  await sandbox.setClock(start + 20 * minute)
  expect(await availability()).toBe('AVAILABLE')
})

test('an archived image cannot be pulled', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  await move(client, digest, 'ARCHIVE')
  const registry = await registryClient(sandbox)
  for (const reference of ['v1', digest]) {
    expect((await registry('GET', `/v2/${repositoryName}/manifests/${reference}`)).status).toBe(404)
    expect((await registry('HEAD', `/v2/${repositoryName}/manifests/${reference}`)).status).toBe(404)
  }
  const pulled = await client.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageTag: 'v1'}]}))
  expect(pulled).toMatchObject({images: [], failures: [{failureCode: 'ImageInaccessible'}]})
})

test('a restoration takes 20 minutes', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  await move(client, digest, 'ARCHIVE')
  expect(await move(client, digest, 'STANDARD')).toMatchObject({imageStatus: 'ACTIVATING'})
  await sandbox.advanceClock(20 * minute - 1)
  expect(await allImages(client)).toMatchObject([{imageStatus: 'ACTIVATING'}])
  await sandbox.advanceClock(1)
  expect(await allImages(client)).toMatchObject([
    {
      imageStatus: 'ACTIVE',
      lastArchivedAt: new Date(start),
      lastActivatedAt: new Date(start + 20 * minute),
    },
  ])
  const registry = await registryClient(sandbox)
  expect((await registry('GET', `/v2/${repositoryName}/manifests/v1`)).status).toBe(200)
})

test('both are told as events', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  sandbox.clearEvents()
  await move(client, digest, 'ARCHIVE')
  await move(client, digest, 'STANDARD')
  await sandbox.advanceClock(20 * minute)
  const told = {
    'action-type': 'UPDATE_STORAGE_CLASS',
    'image-digest': digest,
    'repository-name': repositoryName,
    result: 'SUCCESS',
    'manifest-media-type': 'application/vnd.oci.image.manifest.v1+json',
    'artifact-media-type': 'application/vnd.oci.image.config.v1+json',
  }
  expect(sandbox.events).toMatchObject([
    {'detail-type': 'ECR Image Action', time: '2026-11-01T00:00:00Z', resources: []},
    {'detail-type': 'ECR Image Action', time: '2026-11-01T00:20:00Z', resources: []},
  ])
  expect(sandbox.events.map(({detail}) => detail)).toEqual([
    {...told, 'target-storage-class': 'ARCHIVE'},
    {...told, 'target-storage-class': 'STANDARD', 'last-activated-at': '2026-11-01T00:20:00.000Z'},
  ])
})

test('a push restores an archived image at once', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  await move(client, digest, 'ARCHIVE')
  await sandbox.advanceClock(minute)
  await putTagged(client, 'a', ['v1'])
  expect(await allImages(client)).toMatchObject([
    {imageStatus: 'ACTIVE', imagePushedAt: new Date(start), lastActivatedAt: new Date(start + minute)},
  ])
})

test('a push ends a restoration early, and its end changes nothing any more', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a', ['v1'])
  await move(client, digest, 'ARCHIVE')
  await move(client, digest, 'STANDARD')
  await sandbox.advanceClock(minute)
  await putTagged(client, 'a', ['v1'])
  await sandbox.advanceClock(30 * minute)
  expect(await allImages(client)).toMatchObject([{lastActivatedAt: new Date(start + minute)}])
})

test('asking again for the class that an image has changes nothing', async () => {
  const {sandbox, client} = await openAt(start)
  const digest = await putTagged(client, 'a')
  expect(await move(client, digest, 'STANDARD')).toMatchObject({imageStatus: 'ACTIVE'})
  await move(client, digest, 'ARCHIVE')
  await sandbox.advanceClock(minute)
  expect(await move(client, digest, 'ARCHIVE')).toMatchObject({imageStatus: 'ARCHIVED'})
  expect(await allImages(client)).toMatchObject([{lastArchivedAt: new Date(start)}])
})

test('an image goes into the archive after the index that lists it, and not while it is restored', async () => {
  const {client} = await openAt(start)
  const child = await putTagged(client, 'child')
  const index = await putIndex(client, 'multi', 'child')
  const notSupported = {name: 'ImageStorageClassUpdateNotSupportedException'}
  await expect(move(client, child, 'ARCHIVE')).rejects.toMatchObject(notSupported)
  await move(client, index, 'ARCHIVE')
  await move(client, child, 'ARCHIVE')
  await move(client, child, 'STANDARD')
  await expect(move(client, child, 'ARCHIVE')).rejects.toMatchObject(notSupported)
})

test('an image that is not there is not found', async () => {
  const {client} = await openAt(start)
  await putTagged(client, 'a')
  await expect(move(client, sha256('nothing'), 'ARCHIVE')).rejects.toMatchObject({
    name: 'ImageNotFoundException',
  })
})

test('an archived image can be deleted', async () => {
  const {client} = await openAt(start)
  const imageDigest = await putTagged(client, 'a')
  await move(client, imageDigest, 'ARCHIVE')
  await client.send(new BatchDeleteImageCommand({repositoryName, imageIds: [{imageDigest}]}))
  expect(await allImages(client)).toEqual([])
})

test('archived referrers are listed on request, and restored with their subject', async () => {
  const {sandbox, client} = await openAt(start)
  const subject = await putTagged(client, 'subject')
  const referrer = await putReferrer(client, 'subject')
  await move(client, subject, 'ARCHIVE')
  await move(client, referrer, 'ARCHIVE')
  const list = async (artifactStatus?: 'ANY') => {
    const {referrers} = await client.send(
      new ListImageReferrersCommand({
        repositoryName,
        subjectId: {imageDigest: subject},
        ...(artifactStatus === undefined ? {} : {filter: {artifactStatus}}),
      }),
    )
    return referrers
  }
  const registry = await registryClient(sandbox)
  const {text} = await registry('GET', `/v2/${repositoryName}/referrers/${subject}`)
  expect(JSON.parse(text)).toMatchObject({manifests: []})
  expect(await list()).toEqual([])
  expect(await list('ANY')).toMatchObject([{digest: referrer, artifactStatus: 'ARCHIVED'}])
  await move(client, subject, 'STANDARD')
  expect(await list('ANY')).toMatchObject([{digest: referrer, artifactStatus: 'ACTIVATING'}])
  await sandbox.advanceClock(20 * minute)
  expect(await list()).toMatchObject([{digest: referrer, artifactStatus: 'ACTIVE'}])
  const told = sandbox.events.find(
    ({detail}) =>
      'last-activated-at' in detail && 'image-digest' in detail && detail['image-digest'] === referrer,
  )
  expect(told?.['detail-type']).toBe('ECR Referrer Action')
})
