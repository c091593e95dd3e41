import {request} from 'node:http'
import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {errorsOf, name, pushBlob, repository, startUpload} from './registry-support.ts'
import {basicAuth, dev, ecrClient, http, openSandbox, region, sha256} from './support.ts'

const smallestPart = 5 * 1024 * 1024

describe('uploads', () => {
  test('PATCH answers 201, as ECR does', async () => {
    const {send} = await repository()
    const {status, headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    expect(status).toBe(202)
    const patched = await send('PATCH', headers.location ?? '', {body: 'content'})
    expect(patched).toMatchObject({status: 201, headers: {range: '0-6'}})
  })

  test('in one request, by PUT and by POST', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    const put = await send('PUT', `${headers.location}?digest=${sha256('put')}`, {body: 'put'})
    expect(put).toMatchObject({status: 201, headers: {'docker-content-digest': sha256('put')}})
    const post = await send('POST', `/v2/${name}/blobs/uploads/?digest=${sha256('post')}`, {body: 'post'})
    expect(post.status).toBe(201)
    for (const content of ['put', 'post']) {
      expect((await send('HEAD', `/v2/${name}/blobs/${sha256(content)}`)).status).toBe(200)
    }
  })

  test('in parts that follow each other', async () => {
    const {send} = await repository()
    const {status, headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    expect(status).toBe(202)
    expect(headers['oci-chunk-min-length']).toBe(String(smallestPart))
    const location = headers.location ?? ''
    const patch = (body: string, range: string) =>
      send('PATCH', location, {body, headers: {'content-range': range}})
    const first = 'a'.repeat(smallestPart)
    expect((await patch(first, `0-${smallestPart - 1}`)).status).toBe(201)
    expect((await patch('x', `${smallestPart + 1}-${smallestPart + 1}`)).status).toBe(416)
    expect((await patch('end', `${smallestPart}-${smallestPart + 2}`)).status).toBe(201)
    expect((await send('PUT', `${location}?digest=${sha256(`${first}end`)}`)).status).toBe(201)
  })

  test('in parts of less than 5 MiB are refused, but for the last', async () => {
    const {send} = await repository()
    const location = await startUpload(send)
    const patch = (body: string, range: string) =>
      send('PATCH', location, {body, headers: {'content-range': range}})
    expect((await patch('abc', '0-2')).status).toBe(201)
    expect((await patch('def', '3-5')).status).toBe(201)
    const refused = await send('PUT', `${location}?digest=${sha256('abcdef')}`)
    expect(refused.status).toBe(400)
    expect(errorsOf(refused.text)).toEqual([
      {
        code: 'BLOB_UPLOAD_INVALID',
        message: 'Layer parts must be at least 5 MiB in size, except for the last one',
      },
    ])
  })

  test('of a layer that would be too large are refused before it comes', async () => {
    const {sandbox, client} = await repository()
    const authorization = await basicAuth(client)
    const {headers} = await http(`${sandbox.url}/v2/${name}/blobs/uploads/`, {
      method: 'POST',
      headers: {authorization},
    })
    const status = await new Promise(resolve => {
      const length = String(52_000 * 1024 * 1024 + 1)
      const sent = request(headers.location ?? '', {
        method: 'PATCH',
        headers: {authorization, 'content-length': length},
      })
      sent.on('response', response => {
        resolve(response.statusCode)
        sent.destroy()
      })
      sent.flushHeaders()
    })
    expect(status).toBe(405)
  })

  test('a stream that begins anew on the same upload is 416, and where it stands', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    await send('PATCH', headers.location ?? '', {body: 'content'})
    const again = await send('PATCH', headers.location ?? '', {body: 'content'})
    expect(again).toMatchObject({status: 416, headers: {range: '0-6'}})
    const state = await send('GET', headers.location ?? '')
    expect(state).toMatchObject({status: 204, headers: {range: '0-6'}})
  })

  test('other bytes than the digest says are BLOB_UPLOAD_INVALID', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    const answer = await send('PUT', `${headers.location}?digest=${sha256('other')}`, {body: 'content'})
    expect(answer.status).toBe(400)
    expect(errorsOf(answer.text)).toEqual([
      {
        code: 'BLOB_UPLOAD_INVALID',
        message: 'None of the provided layer digests match the calculated layer digest',
      },
    ])
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(404)
  })

  test('whose end names no digest can still be ended with one', async () => {
    const {send} = await repository()
    const location = await startUpload(send)
    for (const digest of ['', '?digest=', '?digest=sha256:abc']) {
      expect((await send('PUT', `${location}${digest}`, {body: 'content'})).status).toBe(405)
    }
    expect((await send('PUT', `${location}?digest=${sha256('content')}`, {body: 'content'})).status).toBe(201)
  })

  test('without bytes have the digest of no bytes', async () => {
    const {send} = await repository()
    const location = await startUpload(send)
    expect((await send('PUT', `${location}?digest=${sha256('content')}`)).status).toBe(400)
  })

  test('a blob without bytes is taken and never found', async () => {
    const {send} = await repository()
    await pushBlob(send, '')
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('')}`)).status).toBe(404)
  })

  test('one that was cancelled or never began is BLOB_UPLOAD_UNKNOWN', async () => {
    const {send} = await repository()
    const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
    expect((await send('DELETE', headers.location ?? '')).status).toBe(204)
    const gone = await send('PATCH', headers.location ?? '', {body: 'x'})
    expect(gone.status).toBe(404)
    expect(errorsOf(gone.text)).toEqual([
      {code: 'BLOB_UPLOAD_UNKNOWN', message: expect.stringContaining('Upload with id')},
    ])
  })

  test('are absolute where the client knows this machine by address', async () => {
    const sandbox = await openSandbox({registries: [{account: dev, region, port: 0}]})
    const client = ecrClient(sandbox)
    await client.send(new CreateRepositoryCommand({repositoryName: name}))
    const url = sandbox.registryUrls.get(`${dev}/${region}`) ?? ''
    const authorization = await basicAuth(client)
    const answer = await http(`${url}/v2/${name}/blobs/uploads/`, {method: 'POST', headers: {authorization}})
    expect(answer.headers.location?.startsWith(`${url}/v2/${name}/blobs/uploads/`)).toBe(true)
  })
})
