import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {ecrClient, http, openSandbox, putSmallImage, sha256, uploadLayer} from './support.ts'

const repositoryName = 'team/app'
const mebibyte = 1024 * 1024

async function emptyRepository(): Promise<ECRClient> {
  const client = ecrClient(await openSandbox())
  await client.send(new CreateRepositoryCommand({repositoryName}))
  return client
}

async function initiate(client: ECRClient) {
  const {uploadId, partSize} = await client.send(new InitiateLayerUploadCommand({repositoryName}))
  return {
    uploadId,
    partSize,
    upload: (partFirstByte: number, layerPartBlob: Uint8Array) =>
      client.send(
        new UploadLayerPartCommand({
          repositoryName,
          uploadId,
          partFirstByte,
          partLastByte: partFirstByte + layerPartBlob.length - 1,
          layerPartBlob,
        }),
      ),
    complete: (...layerDigests: string[]) =>
      client.send(new CompleteLayerUploadCommand({repositoryName, uploadId, layerDigests})),
  }
}

describe('uploading a layer', () => {
  test('in parts, each after the one before', async () => {
    const client = await emptyRepository()
    const first = Buffer.alloc(5 * mebibyte, 'a')
    const last = Buffer.from('the rest')
    const whole = Buffer.concat([first, last])
    const {upload, complete, partSize} = await initiate(client)
    expect(partSize).toBe(10 * mebibyte)
    expect(await upload(0, first)).toMatchObject({lastByteReceived: first.length - 1})
    expect(await upload(first.length, last)).toMatchObject({lastByteReceived: whole.length - 1})
    expect(await complete(sha256(whole))).toMatchObject({layerDigest: sha256(whole)})
    const {layers} = await client.send(
      new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests: [sha256(whole)]}),
    )
    expect(layers?.[0]).toMatchObject({layerAvailability: 'AVAILABLE', layerSize: whole.length})
  })

  test('a part that leaves a gap is refused with the last good byte', async () => {
    const {upload} = await initiate(await emptyRepository())
    await upload(0, Buffer.from('0123456789'))
    await expect(upload(11, Buffer.from('x'))).rejects.toMatchObject({
      name: 'InvalidLayerPartException',
      lastValidByteReceived: 9,
    })
  })

  test('only the last part may be smaller than 5 MiB', async () => {
    const {upload, complete} = await initiate(await emptyRepository())
    await upload(0, Buffer.from('small'))
    await upload(5, Buffer.from('last'))
    await expect(complete(sha256('smalllast'))).rejects.toMatchObject({name: 'LayerPartTooSmallException'})
  })

  test('other bytes than the digest says are thrown away', async () => {
    const client = await emptyRepository()
    const {upload, complete} = await initiate(client)
    await upload(0, Buffer.from('content'))
    await expect(complete(sha256('other'))).rejects.toMatchObject({name: 'InvalidLayerException'})
    await expect(complete(sha256('content'))).rejects.toMatchObject({name: 'UploadNotFoundException'})
    const layerDigests = [sha256('content')]
    const {failures} = await client.send(
      new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests}),
    )
    expect(failures).toEqual([expect.objectContaining({failureCode: 'MissingLayerDigest'})])
  })

  test('an upload without parts cannot be completed', async () => {
    const {complete} = await initiate(await emptyRepository())
    await expect(complete(sha256(''))).rejects.toMatchObject({name: 'EmptyUploadException'})
  })

  test('a layer that is there already says so', async () => {
    const client = await emptyRepository()
    await uploadLayer(client, repositoryName, 'content')
    await expect(uploadLayer(client, repositoryName, 'content')).rejects.toMatchObject({
      name: 'LayerAlreadyExistsException',
    })
  })

  test('an upload belongs to its repository', async () => {
    const client = await emptyRepository()
    await client.send(new CreateRepositoryCommand({repositoryName: 'other'}))
    const {uploadId} = await initiate(client)
    const layerDigests = [sha256('x')]
    await expect(
      client.send(new CompleteLayerUploadCommand({repositoryName: 'other', uploadId, layerDigests})),
    ).rejects.toMatchObject({name: 'UploadNotFoundException'})
  })
})

describe('finding layers', () => {
  test('each digest that is not there is a failure of its own', async () => {
    const client = await emptyRepository()
    await uploadLayer(client, repositoryName, 'content')
    const layerDigests = [sha256('content'), sha256('other'), 'nonsense']
    const {layers, failures} = await client.send(
      new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests}),
    )
    expect(layers?.map(({layerDigest}) => layerDigest)).toEqual([sha256('content')])
    expect(failures?.map(({failureCode}) => failureCode)).toEqual([
      'MissingLayerDigest',
      'InvalidLayerDigest',
    ])
  })

  test('a layer of one repository is not in another', async () => {
    const client = await emptyRepository()
    await uploadLayer(client, repositoryName, 'content')
    await client.send(new CreateRepositoryCommand({repositoryName: 'other'}))
    const layerDigests = [sha256('content')]
    const {layers} = await client.send(
      new BatchCheckLayerAvailabilityCommand({repositoryName: 'other', layerDigests}),
    )
    expect(layers).toEqual([])
  })

  test('the media type is the one that the manifest gives it', async () => {
    const client = ecrClient(await openSandbox())
    const {config} = await putSmallImage(client, repositoryName, 'v1')
    const layerDigests = [sha256(config)]
    const {layers} = await client.send(new BatchCheckLayerAvailabilityCommand({repositoryName, layerDigests}))
    expect(layers?.[0]?.mediaType).toBe('application/vnd.oci.image.config.v1+json')
  })

  test('a layer that no image lists has no download link', async () => {
    const client = await emptyRepository()
    await uploadLayer(client, repositoryName, 'content')
    const link = (layerDigest: string) =>
      client.send(new GetDownloadUrlForLayerCommand({repositoryName, layerDigest}))
    await expect(link(sha256('content'))).rejects.toMatchObject({name: 'LayerInaccessibleException'})
    await expect(link(sha256('other'))).rejects.toMatchObject({name: 'LayersNotFoundException'})
  })
})

describe('download links', () => {
  async function layerLink() {
    const sandbox = await openSandbox()
    await sandbox.setClock(1_700_000_000_000)
    const client = ecrClient(sandbox)
    const {layer} = await putSmallImage(client, repositoryName, 'v1')
    const {downloadUrl = ''} = await client.send(
      new GetDownloadUrlForLayerCommand({repositoryName, layerDigest: sha256(layer)}),
    )
    return {sandbox, layer, downloadUrl}
  }

  test('serve the layer from another origin, without credentials', async () => {
    const {sandbox, layer, downloadUrl} = await layerLink()
    expect(new URL(downloadUrl).origin).not.toBe(sandbox.url)
    expect(await http(downloadUrl)).toMatchObject({status: 200, text: layer})
  })

  test('refuse a request that carries credentials, as S3 does', async () => {
    const {downloadUrl} = await layerLink()
    const answer = await http(downloadUrl, {headers: {authorization: 'Basic c2VjcmV0OnNlY3JldA=='}})
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('<Code>InvalidArgument</Code>')
    expect(answer.text).toContain('Only one auth mechanism allowed')
    expect(answer.text).not.toContain('c2VjcmV0')
  })

  test.each([
    ['bytes=2-4', (layer: string) => layer.slice(2, 5), 'bytes 2-4/14'],
    ['bytes=10-', (layer: string) => layer.slice(10), 'bytes 10-13/14'],
    ['bytes=-3', (layer: string) => layer.slice(-3), 'bytes 11-13/14'],
    ['bytes=0-1000', (layer: string) => layer, 'bytes 0-13/14'],
  ])('answer Range: %s with that part', async (range, part, contentRange) => {
    const {layer, downloadUrl} = await layerLink()
    expect(await http(downloadUrl, {headers: {range}})).toMatchObject({
      status: 206,
      text: part(layer),
      headers: {'content-range': contentRange},
    })
  })

  test('refuse a range behind the end', async () => {
    const {downloadUrl} = await layerLink()
    expect(await http(downloadUrl, {headers: {range: 'bytes=14-'}})).toMatchObject({
      status: 416,
      headers: {'content-range': 'bytes */14'},
    })
  })

  test('end after an hour', async () => {
    const {sandbox, downloadUrl} = await layerLink()
    await sandbox.setClock(1_700_000_000_000 + 3600_000)
    const answer = await http(downloadUrl)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Request has expired')
  })

  test('are good for their own layer alone', async () => {
    const {downloadUrl} = await layerLink()
    const other = downloadUrl.replace(/[0-9a-f]{64}/, sha256('other').slice(7))
    expect((await http(other)).status).toBe(403)
  })
})
