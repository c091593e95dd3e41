import {expect, test} from 'vitest'
import {DeniedError} from '../../../src/lib/errors.ts'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {type HostileRegistry, type Reply, replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}
const forbidden = replies.error(403, 'UNAUTHORIZED', 'The client does not have permission for manifest')

/** Denies what it does not have, as Artifactory does. */
async function secretive(): Promise<{server: HostileRegistry; app: Repository}> {
  const server = await hostile()
  const deny: Reply = ({method, url}, response) => {
    const found = server.manifests.get(decodeURIComponent(url.split('/').at(-1) ?? ''))
    if (found === undefined) return forbidden({method, url, headers: {}, body: Buffer.alloc(0)}, response)
    response.writeHead(200, {
      'Content-Type': found.mediaType,
      'Docker-Content-Digest': sha256(found.bytes),
    })
    response.end(method === 'HEAD' ? undefined : found.bytes)
  }
  for (const method of ['HEAD', 'GET']) server.always(method, '/v2/app/manifests/', deny)
  return {server, app: open(server.host).registry.repository('app')}
}

test('a tag that is denied and not in the list is not there, for one more request for all of them', async () => {
  const {server, app} = await secretive()
  const digest = server.addManifest(index, mediaTypes.ociIndex, 'v1')
  expect(await app.resolve(['v1', 'v2', 'v3'])).toEqual(new Map([['v1', digest]]))
  expect(server.log().filter(line => line === 'GET /v2/app/tags/list')).toHaveLength(1)
  expect(server.requests).toHaveLength(4)
})

test('in a repository that is said not to be there no tag is', async () => {
  const {server, app} = await secretive()
  server.always('GET', '/v2/app/tags/list', replies.error(404, 'NAME_UNKNOWN'))
  expect(await app.resolve(['v1'])).toEqual(new Map())
})

test.each([
  ['is in the list', replies.status(200, {}, '{"name": "app", "tags": ["v0", "v1"]}')],
  ['is in a list that is denied', replies.error(403, 'DENIED')],
  ['is in a list that nobody serves', replies.status(404)],
])('a tag that is denied and %s stays denied', async (_, list) => {
  const {server, app} = await secretive()
  server.always('GET', '/v2/app/tags/list', list)
  const error = await rejected(app.resolve(['v1']))
  expect(error).toBeInstanceOf(DeniedError)
  expect(error?.message).toContain('HEAD /v2/app/manifests/v1 was denied: 403')
})

test('a 401 is no answer about a tag', async () => {
  const server = await hostile()
  server.always('HEAD', '/v2/app/manifests/', replies.error(401, 'UNAUTHORIZED'))
  const {registry} = open(server.host)
  expect(await rejected(registry.repository('app').resolve(['v1']))).toBeInstanceOf(DeniedError)
  expect(server.log().join()).not.toContain('tags/list')
})

test('a manifest that is denied by its digest counts as missing, and is met with a denial when it is put', async () => {
  const {server, app} = await secretive()
  const digest = server.addManifest(index, mediaTypes.ociIndex)
  const other = sha256(Buffer.from('other'))
  expect(await app.presentManifests([{digest}, {digest: other}])).toEqual(new Set([digest]))
  server.always('PUT', '/', forbidden)
  const manifest = parseManifest(Buffer.from(JSON.stringify({...index, annotations: {a: 'b'}})))
  expect(await rejected(app.putManifest(manifest))).toMatchObject({exitCode: 5})
})

test('a list of referrers that is denied since it is not there is begun, and read', async () => {
  const {server, app} = await secretive()
  const subject = {mediaType: mediaTypes.ociIndex, digest: sha256(Buffer.from('subject')), size: 7}
  expect(await app.referrers(subject.digest)).toEqual([])
  const referrer = parseManifest(Buffer.from(JSON.stringify({...index, artifactType: 'a/b', subject})))
  expect(await app.putManifest(referrer)).toBe('fallback')
  expect((await app.referrers(subject.digest)).map(({digest}) => digest)).toEqual([referrer.digest])
  expect(server.manifests.has(subject.digest.replace(':', '-'))).toBe(true)
})
