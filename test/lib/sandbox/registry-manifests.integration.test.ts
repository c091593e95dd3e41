import {PutImageTagMutabilityCommand, UpdateImageStorageClassCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {errorsOf, name, pushBlob, pushImage, putManifest, repository} from './registry-support.ts'
import {describe as descriptorOf, dev, indexType, manifestType, sha256, smallImage} from './support.ts'

describe('manifests', () => {
  test('come back byte for byte with the type they were pushed with', async () => {
    const {send} = await repository()
    const {layer, config, manifest} = smallImage()
    for (const blob of [layer, config]) await pushBlob(send, blob)
    const odd = `${manifest}\n\n`
    await putManifest(send, 'v1', odd)
    for (const reference of ['v1', sha256(odd)]) {
      const answer = await send('GET', `/v2/${name}/manifests/${reference}`)
      expect(answer).toMatchObject({status: 200, text: odd, headers: {'content-type': manifestType}})
    }
  })

  test('a GET by tag does not tell the digest; HEAD and a GET by digest do', async () => {
    const {send} = await repository()
    const {digest, manifest} = await pushImage(send, 'v1')
    const told = async (method: string, reference: string) =>
      (await send(method, `/v2/${name}/manifests/${reference}`)).headers['docker-content-digest']
    expect(await told('GET', 'v1')).toBeUndefined()
    expect(await told('HEAD', 'v1')).toBe(digest)
    expect(await told('GET', digest)).toBe(digest)
    const head = await send('HEAD', `/v2/${name}/manifests/v1`)
    expect(head.headers['content-length']).toBe(String(manifest.length))
    expect(head.body).toHaveLength(0)
  })

  test('pushed by digest, the bytes must have it', async () => {
    const {send} = await repository()
    const {digest, manifest, put} = await pushImage(send, smallImage().digest)
    expect(put.headers).toMatchObject({
      'docker-content-digest': digest,
      location: `/v2/${name}/manifests/${digest}`,
    })
    expect((await putManifest(send, sha256('other'), manifest)).status).toBe(400)
  })

  test('missing layers are BLOB_UPLOAD_UNKNOWN, missing images of an index MANIFEST_BLOB_UNKNOWN', async () => {
    const {send} = await repository()
    const image = await putManifest(send, 'v1', smallImage().manifest)
    expect(image.status).toBe(404)
    expect(errorsOf(image.text)).toEqual([
      {code: 'BLOB_UPLOAD_UNKNOWN', message: expect.stringContaining(`Layers with digests '[sha256:`)},
    ])
    const index = JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests: [{digest: sha256('x')}]})
    const all = await putManifest(send, 'v1', index, indexType)
    expect(errorsOf(all.text)).toEqual([
      {
        code: 'MANIFEST_BLOB_UNKNOWN',
        message: `Images with digests '[${sha256('x')}]' required for pushing image into repository with name '${name}' in the registry with id '${dev}' do not exist`,
      },
    ])
  })

  test.each([
    [
      'text that is not JSON',
      'v1',
      '{',
      "'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
    ],
    ['a tag that is none', 'v+1', '{}', "'imageTag' failed to satisfy constraint: "],
    [
      'more than 4 MiB',
      'v1',
      ' '.repeat(4 * 1024 * 1024 + 1),
      "'ImageManifest' failed to satisfy constraint: ",
    ],
  ])('%s is 405 UNSUPPORTED with the text of the API', async (_, reference, body, message) => {
    const {send} = await repository()
    const answer = await putManifest(send, reference, body)
    expect(answer.status).toBe(405)
    expect(errorsOf(answer.text)).toEqual([
      {code: 'UNSUPPORTED', message: expect.stringContaining(`Invalid parameter at ${message}`)},
    ])
  })

  test('an immutable tag is TAG_INVALID, even for the image that has it', async () => {
    const {send, client} = await repository()
    const {manifest} = await pushImage(send, 'v1')
    await client.send(
      new PutImageTagMutabilityCommand({repositoryName: name, imageTagMutability: 'IMMUTABLE'}),
    )
    for (const body of [manifest, `${manifest} `]) {
      const answer = await putManifest(send, 'v1', body)
      expect(answer.status).toBe(400)
      expect(errorsOf(answer.text)).toEqual([
        {
          code: 'TAG_INVALID',
          message: `The image tag 'v1' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
        },
      ])
    }
  })

  test('what is not there is MANIFEST_UNKNOWN or NAME_UNKNOWN', async () => {
    const {send} = await repository()
    const image = await send('GET', `/v2/${name}/manifests/v1`)
    expect(image.status).toBe(404)
    expect(errorsOf(image.text)).toEqual([{code: 'MANIFEST_UNKNOWN', message: 'Requested image not found'}])
    const none = await send('GET', '/v2/none/manifests/v1')
    expect(none.status).toBe(404)
    expect(errorsOf(none.text)).toEqual([
      {
        code: 'NAME_UNKNOWN',
        message: `The repository with name 'none' does not exist in the registry with id '${dev}'`,
      },
    ])
  })

  test.each([
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    manifestType,
  ])('of %s are never converted, whatever the client accepts', async type => {
    const {send} = await repository()
    const {layer, config} = smallImage()
    for (const blob of [layer, config]) await pushBlob(send, blob)
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: descriptorOf('application/json', config),
    })
    expect((await putManifest(send, 'v1', bytes, type)).status).toBe(201)
    for (const reference of ['v1', sha256(bytes)]) {
      const answer = await send('GET', `/v2/${name}/manifests/${reference}`, {
        headers: {accept: 'application/vnd.oci.image.index.v1+json'},
      })
      expect(answer).toMatchObject({status: 200, text: bytes, headers: {'content-type': type}})
    }
  })

  test('without a media type of their own have that of the request', async () => {
    const {send} = await repository()
    const {layer, config, manifest} = smallImage()
    for (const blob of [layer, config]) await pushBlob(send, blob)
    const {mediaType: _, ...rest} = JSON.parse(manifest) as Record<string, unknown>
    expect((await putManifest(send, 'v1', JSON.stringify(rest))).status).toBe(201)
    expect((await send('HEAD', `/v2/${name}/manifests/v1`)).headers['content-type']).toBe(manifestType)
  })

  test('with parameters in a media type are 405 UNSUPPORTED', async () => {
    const {send} = await repository()
    const {layer, config} = smallImage()
    for (const blob of [layer, config]) await pushBlob(send, blob)
    const layers = [descriptorOf('application/vnd.example+json;version=0.2', layer)]
    const bytes = JSON.stringify({schemaVersion: 2, config: descriptorOf('application/json', config), layers})
    const answer = await putManifest(send, 'v1', bytes)
    expect(answer.status).toBe(405)
    expect(errorsOf(answer.text)).toEqual([
      {
        code: 'UNSUPPORTED',
        message: "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
      },
    ])
  })

  test('of an archived image are not there', async () => {
    const {send, client} = await repository()
    const {digest} = await pushImage(send, 'v1')
    await client.send(
      new UpdateImageStorageClassCommand({
        repositoryName: name,
        imageId: {imageTag: 'v1'},
        targetStorageClass: 'ARCHIVE',
      }),
    )
    for (const reference of ['v1', digest]) {
      const answer = await send('GET', `/v2/${name}/manifests/${reference}`)
      expect(answer.status).toBe(404)
      expect(errorsOf(answer.text)).toEqual([
        {code: 'MANIFEST_UNKNOWN', message: 'Requested image not found'},
      ])
    }
  })

  test('go with their last tag', async () => {
    const {send} = await repository()
    const {digest} = await pushImage(send, 'v1')
    await pushImage(send, 'v2')
    expect((await send('DELETE', `/v2/${name}/manifests/v1`)).status).toBe(202)
    expect((await send('HEAD', `/v2/${name}/manifests/${digest}`)).status).toBe(200)
    expect((await send('DELETE', `/v2/${name}/manifests/v2`)).status).toBe(202)
    expect((await send('HEAD', `/v2/${name}/manifests/${digest}`)).status).toBe(404)
  })

  test('can be deleted, but not from under an index', async () => {
    const {send} = await repository()
    const {digest} = await pushImage(send, 'v1')
    const manifests = [{...descriptorOf(manifestType, smallImage().manifest), digest}]
    const index = JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests})
    await putManifest(send, 'all', index, indexType)
    const kept = await send('DELETE', `/v2/${name}/manifests/${digest}`)
    expect(kept.status).toBe(405)
    expect(errorsOf(kept.text)).toEqual([
      {code: 'UNSUPPORTED', message: `Requested image referenced by manifest list: [${sha256(index)}]`},
    ])
    expect((await send('DELETE', `/v2/${name}/manifests/all`)).status).toBe(202)
    expect((await send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(202)
    expect((await send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(404)
  })
})
