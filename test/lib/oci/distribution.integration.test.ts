import {Readable} from 'node:stream'
import {expect, test} from 'vitest'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open, read} from './open.ts'
import {rejected} from './thrown.ts'

const config = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  digest: sha256(Buffer.from('{}')),
  size: 2,
}
const image = {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: []}
const manifest = parseManifest(Buffer.from(JSON.stringify(image)))
const missing = sha256(Buffer.from('missing'))

test('tags resolve to digests by HEAD, those that do not exist are absent', async () => {
  const server = await hostile()
  const digest = server.addManifest(image, mediaTypes.ociManifest, 'v1')
  const app = open(server.host).registry.repository('team/app')
  expect(await app.resolve(['v1', 'v2', 'v1'])).toEqual(new Map([['v1', digest]]))
  expect(server.log().toSorted()).toEqual([
    'HEAD /v2/team/app/manifests/v1',
    'HEAD /v2/team/app/manifests/v2',
  ])
})

test('a HEAD without a usable digest is followed by a GET whose bytes are hashed', async () => {
  const server = await hostile()
  const digest = server.addManifest(image, mediaTypes.ociManifest, 'v1')
  server.always('HEAD', '/v2/', replies.status(200, {'Docker-Content-Digest': 'sha512:00'}))
  server.always(
    'GET',
    '/v2/app/manifests/v1',
    replies.status(200, {'Content-Type': mediaTypes.ociManifest}, JSON.stringify(image)),
  )
  const app = open(server.host).registry.repository('app')
  expect(await app.resolve(['v1'])).toEqual(new Map([['v1', digest]]))
})

test('manifests come by tag and digest, byte for byte', async () => {
  const server = await hostile()
  const text = `${JSON.stringify(image, null, 7)}\n`
  const digest = server.addManifest(text, mediaTypes.ociManifest, 'v1')
  const app = open(server.host).registry.repository('app')
  const found = await app.manifests(['v1', digest, missing])
  expect([...found.keys()]).toEqual(['v1', digest])
  expect(Buffer.from(found.get(digest)?.bytes ?? []).toString()).toBe(text)
  expect(found.get('v1')?.digest).toBe(digest)
})

test('manifests that came beside the failure of another are not asked for again to find it', async () => {
  const server = await hostile()
  const tags = Array.from({length: 16}, (_, n) => `v${n}`)
  for (const tag of tags) server.addManifest(image, mediaTypes.ociManifest, tag)
  server.always('GET', '/v2/app/manifests/v11', replies.error(400, 'MANIFEST_INVALID', 'broken'))
  const app = open(server.host).registry.repository('app')
  const failed: string[] = []
  /** As whoever plans does: halves, until the bad one stands alone. */
  const askHalves = async (wanted: readonly string[]): Promise<void> => {
    try {
      expect([...(await app.manifests(wanted)).keys()]).toEqual(wanted)
    } catch {
      const middle = Math.ceil(wanted.length / 2)
      if (wanted.length === 1) failed.push(...wanted)
      else for (const half of [wanted.slice(0, middle), wanted.slice(middle)]) await askHalves(half)
    }
  }
  await askHalves(tags)
  expect(failed).toEqual(['v11'])
  const good = server.log().filter(line => !line.endsWith('v11'))
  expect(good.toSorted()).toEqual(
    tags
      .filter(tag => tag !== 'v11')
      .map(tag => `GET /v2/app/manifests/${tag}`)
      .toSorted(),
  )
  expect(server.requests.length - good.length).toBe(1 + Math.log2(tags.length))

  await app.manifests(['v0'])
  expect(server.log().filter(line => line.endsWith('/v0'))).toHaveLength(2)
})

test('a manifest is put as its own bytes and type, and under a tag', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  await app.putManifest(manifest)
  await app.putManifest(manifest, 'v1')
  expect(server.log()).toEqual([`PUT /v2/app/manifests/${manifest.digest}`, 'PUT /v2/app/manifests/v1'])
  expect(server.manifests.get('v1')).toEqual({
    bytes: Buffer.from(manifest.bytes),
    mediaType: mediaTypes.ociManifest,
  })
})

test('presence of manifests and blobs', async () => {
  const server = await hostile()
  const blob = server.addBlob('layer')
  const digest = server.addManifest(image, mediaTypes.ociManifest)
  const app = open(server.host).registry.repository('app')
  expect(await app.presentManifests([{digest}, {digest: missing}])).toEqual(new Set([digest]))
  expect(await app.presentBlobs([blob.digest, missing])).toEqual(new Set([blob.digest]))
})

test('a blob goes from one registry to another as a stream, with one POST and one PUT', async () => {
  const [source, target] = [await hostile(), await hostile()]
  const content = Buffer.alloc(5_000_000, 'layer ')
  const blob = source.addBlob(content)
  const from = open(source.host).registry.repository('dev/app')
  const to = open(target.host)
  await to.registry.repository('prod/app').uploadBlob(blob, () => from.readBlob(blob))
  expect(target.blobs.get(blob.digest)?.equals(content)).toBe(true)
  expect(target.log().map(line => line.replace(/[0-9a-f-]{36}$/, 'ID'))).toEqual([
    'POST /v2/prod/app/blobs/uploads/',
    'PUT /v2/prod/app/blobs/uploads/ID',
  ])
  expect(to.registry.traffic).toMatchObject({
    requests: 2,
    mutatingRequests: 2,
    retries: 0,
    bytesSent: content.length,
  })
  expect(from.registry.traffic).toMatchObject({
    requests: 1,
    mutatingRequests: 0,
    bytesReceived: content.length,
  })
})

test('blobs go through one registry object both ways, more at once than it has slots', async () => {
  const server = await hostile()
  const {registry} = open(server.host, {context: {concurrency: 2}})
  const blobs = Array.from({length: 12}, (_, index) => server.addBlob(`${index}`.repeat(100_000)))
  const [from, to] = [registry.repository('dev'), registry.repository('prod')]
  await Promise.all(blobs.map(blob => to.uploadBlob(blob, () => from.readBlob(blob))))
  expect(registry.traffic.bytesSent).toBe(blobs.reduce((sum, {size}) => sum + size, 0))
})

test('an empty blob is read and uploaded', async () => {
  const server = await hostile()
  const blob = server.addBlob('')
  const app = open(server.host).registry.repository('app')
  expect(await read(await app.readBlob(blob))).toHaveLength(0)
  server.blobs.clear()
  await app.uploadBlob(blob, async () => Readable.from([]))
  expect(server.blobs.has(blob.digest)).toBe(true)
})

test('a blob is mounted where the registry has it; else the upload goes on in the session that it opened', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  const here = server.addBlob('here')
  expect(await app.mountBlob(here, 'other/app')).toBe(true)
  expect(server.requests[0]?.url).toBe(
    `/v2/app/blobs/uploads/?mount=${encodeURIComponent(here.digest)}&from=other%2Fapp`,
  )
  const content = Buffer.from('not here')
  const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
  expect(await app.mountBlob(blob, 'other/app')).toBe(false)
  await app.uploadBlob(blob, async () => Readable.from([content]))
  expect(server.log().map(line => line.split(' ')[0])).toEqual(['POST', 'POST', 'PUT'])
  expect(server.blobs.has(blob.digest)).toBe(true)
})

test.each([403, 404, 405])('a mount that is refused with %i is no mount', async status => {
  const server = await hostile()
  server.script('POST', '/v2/app', replies.error(status, 'DENIED'))
  const app = open(server.host).registry.repository('app')
  expect(await app.mountBlob(config, 'other')).toBe(false)
})

test.each([404, 405, 416])(
  'an upload falls back to PATCH and PUT when a PUT with a body gets %i, and stays so',
  async status => {
    const server = await hostile()
    server.script('PUT', '/v2/app/blobs', replies.status(status))
    const app = open(server.host).registry.repository('app')
    for (const text of ['one', 'two']) {
      const content = Buffer.from(text)
      const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
      await app.uploadBlob(blob, async () => Readable.from([content]))
      expect(server.blobs.has(blob.digest)).toBe(true)
    }
    const methods = server.log().map(line => line.split(' ')[0])
    expect(methods.join(' ')).toBe('POST PUT POST PATCH PUT POST PATCH PUT')
  },
)

test('an immutable tag with the same digest is success, with another a refusal that names both', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  const immutable = replies.error(
    400,
    'TAG_INVALID',
    "The tag 'v1' already exists and the repository is immutable.",
  )
  server.always('PUT', '/v2/app/manifests/v1', immutable)
  server.addManifest(image, mediaTypes.ociManifest, 'v1')
  await app.putManifest(manifest, 'v1')
  const other = server.addManifest({...image, annotations: {}}, mediaTypes.ociManifest, 'v1')
  const error = await rejected(app.putManifest(manifest, 'v1'))
  expect(error).toMatchObject({code: 'TAG_IMMUTABLE', exitCode: 7})
  expect(error?.message).toContain(`holds ${other}; not moved to ${manifest.digest}`)
})

test('tags come page after page', async () => {
  const server = await hostile()
  server.script(
    'GET',
    '/v2/app/tags/list?n=1000',
    replies.status(200, {Link: '</v2/app/tags/list?n=1000&last=b>; rel="next"'}, '{"tags":["a","b"]}'),
    replies.status(200, {Link: `<${server.origin}/v2/app/tags/list?last=b&x=1>; rel=next`}, '{"tags":[]}'),
  )
  server.script('GET', '/v2/app/tags/list?last=b', replies.status(200, {}, '{"tags":["c"]}'))
  const tags: string[] = []
  for await (const tag of open(server.host).registry.repository('app').tags()) tags.push(tag)
  expect(tags).toEqual(['a', 'b', 'c'])
})

const referrer = {
  mediaType: mediaTypes.ociManifest,
  digest: missing,
  size: 3,
  artifactType: 'application/spdx+json',
}
const referrers = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [referrer]}

test('referrers come from the endpoint', async () => {
  const server = await hostile()
  server.always(
    'GET',
    `/v2/app/referrers/${manifest.digest}`,
    replies.status(200, {'Content-Type': mediaTypes.ociIndex}, JSON.stringify(referrers)),
  )
  expect(await open(server.host).registry.repository('app').referrers(manifest.digest)).toEqual([referrer])
})

test('referrers come from the fallback tag where there is no endpoint, and none is none', async () => {
  const server = await hostile()
  const app = open(server.host).registry.repository('app')
  expect(await app.referrers(manifest.digest)).toEqual([])
  server.addManifest(referrers, mediaTypes.ociIndex, manifest.digest.replace(':', '-'))
  expect(await app.referrers(manifest.digest)).toEqual([referrer])
})

test('a registry under another name is reached at its address, with its name in Host and its URLs mapped back', async () => {
  const server = await hostile()
  const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'
  const {registry} = open(host, {
    connect: origin => (origin.hostname === host ? new URL(server.origin) : undefined),
  })
  server.script('POST', '/v2/app', (_, response) => {
    response.writeHead(202, {Location: `http://${host}/v2/app/blobs/uploads/absolute`}).end()
  })
  server.script('PUT', '/v2/app/blobs/uploads/absolute', replies.status(201))
  const content = Buffer.from('x')
  const blob = {mediaType: 'x', digest: sha256(content), size: 1}
  await registry.repository('app').uploadBlob(blob, async () => Readable.from([content]))
  expect(server.requests.map(({headers}) => headers.host)).toEqual([host, host])
})

test('the protocol has no settings: every repository may be there', async () => {
  const {registry} = open('localhost:1')
  expect(await registry.describe(['a'])).toEqual(new Map([['a', {tagMutability: 'unknown', exclusions: []}]]))
  await registry.create('a')
  expect(registry.traffic.requests).toBe(0)
})

test('names that could leave their place in a URL are refused before any request', async () => {
  const server = await hostile()
  const {registry} = open(server.host)
  expect(() => registry.repository('../v1')).toThrow('not a repository name')
  const app = registry.repository('app')
  expect((await rejected(app.manifests(['../x'])))?.message).toContain('not a tag name')
  expect((await rejected(app.resolve(['a?b'])))?.message).toContain('not a tag name')
  expect((await rejected(app.putManifest(manifest, 'x/y')))?.message).toContain('not a tag name')
  expect(server.requests).toEqual([])
})
