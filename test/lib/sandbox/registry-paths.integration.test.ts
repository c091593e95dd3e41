import {expect, test} from 'vitest'
import {rawRequest, sendRaw} from './raw-http.ts'
import {errorsOf, name, putManifest, repository} from './registry-support.ts'
import {basicAuth, devHost, sha256} from './support.ts'

const digits = '0'.repeat(61)

test.each([
  ['a path that is none', 'GET', '/v2/nothing/here/at/all', 404],
  ['a method that is none', 'POST', '/v2/team/app/manifests/v1', 405],
  ['dots around a name', 'GET', '/v2/../../etc/passwd/manifests/v1', 405],
  ['dots within a name', 'GET', '/v2/team/../team/app/manifests/v1', 405],
  ['encoded slashes around a name', 'GET', '/v2/..%2f..%2fetc/manifests/v1', 405],
  ['encoded slashes within a name', 'GET', '/v2/team%2F..%2Fapp/tags/list', 405],
  ['encoded backslashes', 'GET', '/v2/team%5C..%5Capp/tags/list', 405],
  ['NUL in a name', 'GET', '/v2/team%00app/tags/list', 405],
  ['bytes that are not UTF-8', 'POST', '/v2/%E0%A4%A/blobs/uploads/', 405],
  ['a name that is too long', 'POST', `/v2/${'a'.repeat(257)}/blobs/uploads/`, 405],
  ['dots for a tag to read', 'GET', '/v2/team/app/manifests/..', 404],
  ['dots for a tag to write', 'PUT', '/v2/team/app/manifests/..', 405],
  ['encoded dots and slashes for a tag', 'PUT', '/v2/team/app/manifests/%2e%2e%2fetc', 404],
  ['NUL in a tag', 'PUT', '/v2/team/app/manifests/v1%00', 405],
  ['dots in a digest', 'GET', '/v2/team/app/blobs/sha256:../../etc/passwd', 404],
  ['encoded slashes in a digest', 'GET', `/v2/team/app/blobs/sha256:..%2f${digits}`, 404],
  ['NUL in a digest', 'GET', '/v2/team/app/blobs/..%00', 405],
  ['a digest of another algorithm', 'HEAD', '/v2/team/app/blobs/sha512:abc', 405],
  ['dots for an upload', 'GET', '/v2/team/app/blobs/uploads/..%2f..%2fimages', 404],
  ['NUL for an upload', 'PATCH', '/v2/team/app/blobs/uploads/%00', 404],
])('%s: %s %s is %i', async (_, method, path, status) => {
  const {sandbox, client} = await repository()
  const headers = [`Host: ${devHost}`, `Authorization: ${await basicAuth(client)}`]
  // A client would make the path normal before it is sent.
  const answer = await sendRaw(sandbox.url, rawRequest(`${method} ${path}`, headers))
  expect(answer).toMatch(`HTTP/1.1 ${status} `)
  expect(sandbox.requests.at(-1)).toMatchObject({plane: 'registry', path, status})
})

test('a path of 100 kB is refused before anything is done with it', async () => {
  const {sandbox, send} = await repository()
  const path = `/v2/${'a/'.repeat(50_000)}manifests/v1`
  await sendRaw(sandbox.url, rawRequest(`GET ${path}`, [`Host: ${devHost}`]))
  expect(sandbox.requests.some(request => request.path === path)).toBe(false)
  expect((await send('GET', '/v2/')).status).toBe(200)
})

test.each(['v'.repeat(129), 'v'.repeat(300)])('a tag of too many characters is refused', async tag => {
  const {send} = await repository()
  const answer = await putManifest(send, tag, '{}')
  expect(answer.status).toBe(405)
  expect(errorsOf(answer.text)).toEqual([
    {code: 'UNSUPPORTED', message: expect.stringContaining("Invalid parameter at 'imageTag'")},
  ])
})

test('a query cannot lead out of the repository', async () => {
  const {send, sandbox} = await repository()
  const {headers} = await send('POST', `/v2/${name}/blobs/uploads/`)
  for (const digest of ['sha256:../../../etc/passwd', '..%2f..', sha256('x').toUpperCase(), '']) {
    expect((await send('PUT', `${headers.location}?digest=${digest}`)).status).toBe(405)
  }
  const mount = await send('POST', `/v2/${name}/blobs/uploads/?mount=..%2f..&from=..%2f..`)
  expect(mount.status).toBe(202)
  expect((await send('GET', `/v2/${name}/tags/list?n=-1`)).status).toBe(405)
  expect((await send('GET', `/v2/${name}/tags/list?n=1e99`)).status).toBe(405)
  expect((await send('GET', `/v2/${name}/tags/list?last=..%2f..%00`)).text).toContain('"tags":[]')
  expect(sandbox.requests.every(({status = 0}) => status < 500)).toBe(true)
})
