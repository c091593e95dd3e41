import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {
  errorsOf,
  name,
  pushBlob,
  pushImage,
  putManifest,
  repository,
  startUpload,
} from './registry-support.ts'
import {describe as descriptorOf, indexType, manifestType, sha256, smallImage} from './support.ts'

const strict = {strictSpec: true}

test('a PATCH is answered with 202, and parts have any size', async () => {
  const {send} = await repository(strict)
  const started = await send('POST', `/v2/${name}/blobs/uploads/`)
  expect(started.headers['oci-chunk-min-length']).toBeUndefined()
  const location = started.headers.location ?? ''
  const patch = (body: string, range: string) =>
    send('PATCH', location, {body, headers: {'content-range': range}})
  expect((await patch('abc', '0-2')).status).toBe(202)
  expect((await patch('def', '3-5')).status).toBe(202)
  expect((await send('PUT', `${location}?digest=${sha256('abcdef')}`)).status).toBe(201)
})

test('other bytes than the digest says are DIGEST_INVALID', async () => {
  const {send} = await repository(strict)
  const answer = await send('PUT', `${await startUpload(send)}?digest=${sha256('other')}`, {body: 'content'})
  expect(answer.status).toBe(400)
  expect(errorsOf(answer.text)).toMatchObject([{code: 'DIGEST_INVALID'}])
})

test('a blob comes from the registry itself, whole and in ranges', async () => {
  const {send} = await repository(strict)
  await pushBlob(send, 'content')
  const get = (headers = {}) => send('GET', `/v2/${name}/blobs/${sha256('content')}`, {headers})
  expect(await get()).toMatchObject({
    status: 200,
    text: 'content',
    headers: {'docker-content-digest': sha256('content')},
  })
  expect(await get({range: 'bytes=1-3'})).toMatchObject({status: 206, text: 'ont'})
  expect(await get({range: 'bytes=9-'})).toMatchObject({
    status: 416,
    headers: {'content-range': 'bytes */7'},
  })
})

test('a blob without bytes is kept', async () => {
  const {send} = await repository(strict)
  await pushBlob(send, '')
  expect(await send('GET', `/v2/${name}/blobs/${sha256('')}`)).toMatchObject({status: 200, text: ''})
})

test('a blob can be deleted', async () => {
  const {send} = await repository(strict)
  await pushBlob(send, 'content')
  expect((await send('DELETE', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(202)
  expect((await send('HEAD', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(404)
  expect((await send('DELETE', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(404)
})

test('any blob of the registry is mounted, also from nowhere in particular', async () => {
  const {send, client} = await repository(strict)
  for (const repositoryName of ['named', 'anonymous']) {
    await client.send(new CreateRepositoryCommand({repositoryName}))
  }
  await pushBlob(send, 'alone')
  const mount = (to: string, from = '') =>
    send('POST', `/v2/${to}/blobs/uploads/?mount=${sha256('alone')}${from}`)
  expect((await mount('named', `&from=${name}`)).status).toBe(201)
  expect((await mount('anonymous')).status).toBe(201)
  expect(await send('GET', `/v2/anonymous/blobs/${sha256('alone')}`)).toMatchObject({text: 'alone'})
  const unknown = await send('POST', `/v2/named/blobs/uploads/?mount=${sha256('unknown')}&from=${name}`)
  expect(unknown.status).toBe(202)
})

test('a GET by tag tells the digest', async () => {
  const {send} = await repository(strict)
  const {digest} = await pushImage(send, 'v1')
  const {headers} = await send('GET', `/v2/${name}/manifests/v1`)
  expect(headers['docker-content-digest']).toBe(digest)
})

test('a media type may have parameters', async () => {
  const {send} = await repository(strict)
  const {layer, config} = smallImage()
  for (const blob of [layer, config]) await pushBlob(send, blob)
  const layers = [descriptorOf('application/vnd.example+json;version=0.2', layer)]
  const manifest = {schemaVersion: 2, config: descriptorOf('application/json', config), layers}
  expect((await putManifest(send, 'v1', JSON.stringify(manifest))).status).toBe(201)
})

test('a PUT by digest sets the tags of its query', async () => {
  const {send} = await repository(strict)
  const {layer, config, manifest, digest} = smallImage()
  for (const blob of [layer, config]) await pushBlob(send, blob)
  const put = await putManifest(send, `${digest}?tag=a&tag=b`, manifest)
  expect(put).toMatchObject({status: 201, headers: {'oci-tag': 'a, b'}})
  for (const tag of ['a', 'b']) expect((await send('HEAD', `/v2/${name}/manifests/${tag}`)).status).toBe(200)
})

test('deleting a tag leaves the image, and deleting an image asks no index', async () => {
  const {send} = await repository(strict)
  const {digest, manifest} = await pushImage(send, 'v1')
  const manifests = [descriptorOf(manifestType, manifest)]
  await putManifest(
    send,
    'all',
    JSON.stringify({schemaVersion: 2, mediaType: indexType, manifests}),
    indexType,
  )
  expect((await send('DELETE', `/v2/${name}/manifests/v1`)).status).toBe(202)
  expect((await send('HEAD', `/v2/${name}/manifests/v1`)).status).toBe(404)
  expect((await send('HEAD', `/v2/${name}/manifests/${digest}`)).status).toBe(200)
  expect((await send('DELETE', `/v2/${name}/manifests/v1`)).status).toBe(404)
  expect((await send('DELETE', `/v2/${name}/manifests/${digest}`)).status).toBe(202)
  expect((await send('HEAD', `/v2/${name}/manifests/${digest}`)).status).toBe(404)
})

test('tags are JSON, in pages of as many as it takes', async () => {
  const {send} = await repository(strict)
  await pushImage(send, 'v1')
  const list = (n: number) => send('GET', `/v2/${name}/tags/list?n=${n}`)
  expect(await list(5000)).toMatchObject({status: 200, headers: {'content-type': 'application/json'}})
  const none = await list(0)
  expect(JSON.parse(none.text)).toEqual({name, tags: []})
  expect(none.headers['link']).toBeUndefined()
})

test.each([
  ['PUT', `/v2/${name}/manifests/v1`, '{', 400, 'MANIFEST_INVALID'],
  ['PUT', `/v2/${name}/manifests/v1`, ' '.repeat(4 * 1024 * 1024 + 1), 413, 'MANIFEST_INVALID'],
  ['PUT', `/v2/${name}/manifests/v1`, smallImage().manifest, 404, 'MANIFEST_BLOB_UNKNOWN'],
  ['PUT', `/v2/${name}/manifests/v+1`, '{}', 400, 'MANIFEST_INVALID'],
  ['PUT', `/v2/${name}/manifests/sha256:bad`, '{}', 400, 'DIGEST_INVALID'],
  ['GET', `/v2/${name}/blobs/sha256:bad`, undefined, 400, 'DIGEST_INVALID'],
  ['GET', '/v2/Upper/tags/list', undefined, 400, 'NAME_INVALID'],
  ['GET', '/v2/none/tags/list', undefined, 404, 'NAME_UNKNOWN'],
  ['GET', `/v2/${name}/manifests/none`, undefined, 404, 'MANIFEST_UNKNOWN'],
])('%s %s with %.10s is %i %s', async (method, path, body, status, code) => {
  const {send} = await repository(strict)
  const headers = {'content-type': manifestType}
  const answer = await send(method, path, {headers, ...(body === undefined ? {} : {body})})
  expect(answer.status).toBe(status)
  expect(errorsOf(answer.text)).toMatchObject([{code}])
})
