import {createServer} from 'node:net'
import {Readable} from 'node:stream'
import {describe, expect, onTestFinished, test} from 'vitest'
import {bearerAuthorizer} from '../../../src/lib/oci/bearer.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {readNetwork} from '../../../src/lib/oci/network.ts'
import {replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open, read, secret} from './open.ts'
import {rejected} from './thrown.ts'

const content = Buffer.from('layer')
const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}
const whole = async () => Readable.from([content])

describe('a registry that may not be asked about blobs', () => {
  test.each([
    ['ECR Public', 401, {'WWW-Authenticate': 'Bearer realm="https://public.ecr.aws/token",service="s"'}],
    ['one without a challenge', 401, {}],
    ['one that denies', 403, {}],
    ['one that routes on the method', 405, {}],
  ])('%s is sent them', async (_, status, headers) => {
    const server = await hostile()
    server.always('HEAD', '/v2/app/blobs/', replies.status(status, headers))
    const app = open(server.host).registry.repository('app')
    expect(await app.presentBlobs([blob.digest])).toEqual(new Set())
    await app.uploadBlob(blob, whole)
    expect(server.blobs.has(blob.digest)).toBe(true)
  })

  test('nor after an upload whose answer was lost: it is sent again', async () => {
    const server = await hostile()
    server.always('HEAD', '/v2/app/blobs/', replies.status(401))
    server.script('PUT', '/', replies.reset())
    await open(server.host).registry.repository('app').uploadBlob(blob, whole)
    expect(server.blobs.has(blob.digest)).toBe(true)
  })

  test('is asked once, not once for each blob', async () => {
    const server = await hostile()
    server.always('HEAD', '/v2/app/blobs/', replies.status(403))
    const digests = Array.from({length: 40}, (_, index) => sha256(Buffer.from(`${index}`)))
    const {registry} = open(server.host, {context: {concurrency: 4}})
    expect(await registry.repository('app').presentBlobs(digests)).toEqual(new Set())
    expect(server.requests.length).toBeLessThanOrEqual(4)
  })
})

test('a registry that has no HEAD of manifests is asked by GET', async () => {
  const server = await hostile()
  const digest = server.addManifest(index, mediaTypes.ociIndex, 'v1')
  server.always('HEAD', '/v2/app/manifests/', replies.status(405))
  const app = open(server.host).registry.repository('app')
  expect(await app.resolve(['v1', 'v2'])).toEqual(new Map([['v1', digest]]))
  expect(await app.presentManifests([{digest}, {digest: blob.digest}])).toEqual(new Set([digest]))
})

test('an upload in two steps may be answered with 201 in the first, as ECR does', async () => {
  const server = await hostile()
  server.script('PUT', '/', replies.status(405))
  server.script('PATCH', '/', ({url}, response) => {
    server.addBlob(content)
    response.writeHead(201, {Location: url}).end()
  })
  server.script('PUT', '/', replies.status(201))
  await open(server.host).registry.repository('app').uploadBlob(blob, whole)
  expect(server.log().at(-1)).toMatch(/^PUT/)
})

describe('a mount', () => {
  test('for which there is no token is declined, and the blob is sent', async () => {
    const server = await hostile()
    server.always('GET', '/token', ({url}, response) => {
      if (url.includes('other')) response.writeHead(403).end()
      else response.end(JSON.stringify({token: 'abc'}))
    })
    server.always('POST', '/v2/app', ({headers, url}, response) => {
      if (headers.authorization === 'Bearer abc') response.writeHead(202, {Location: url}).end()
      else response.writeHead(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token"`}).end()
    })
    const app = open(server.host, {authorizer: bearerAuthorizer()}).registry.repository('app')
    expect(await app.mountBlob(blob, 'other')).toBe(false)
  })
})

describe('what a registry repeats of our credentials', () => {
  const password = secret.slice('Basic '.length)
  test.each([
    ['in an error', replies.error(400, 'BAD', `bad header Authorization: ${secret}`)],
    ['far into a text', replies.status(400, {}, `${'x'.repeat(900)} ${secret}`)],
    ['decoded', replies.error(403, 'DENIED', `${Buffer.from(password, 'base64').toString()} may not`)],
    ['as its code', replies.error(400, password)],
  ])('%s is not shown', async (_, reply) => {
    const server = await hostile()
    server.always('GET', '/', reply)
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    const shown = JSON.stringify([error?.message, error?.hints, String(error?.cause)])
    expect(shown).not.toContain(password.slice(0, 12))
    expect(shown).not.toContain('planted-secret')
  })
})

test('the XML of object storage is read for its code and message alone', async () => {
  const [server, storage] = [await hostile(), await hostile()]
  server.always(
    'GET',
    '/v2/app/blobs/',
    replies.redirect(`${storage.origin}/object?X-Amz-Security-Token=abc`),
  )
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><CanonicalRequest>X-Amz-Security-Token=abc</CanonicalRequest></Error>'
  storage.always('GET', '/', replies.status(403, {'Content-Type': 'application/xml'}, xml))
  const error = await rejected(open(server.host).registry.repository('app').readBlob(blob))
  expect(error).toMatchObject({exitCode: 5})
  expect(error?.message).toContain(`403: ${storage.host}: AccessDenied: Access Denied`)
  expect(error?.message).not.toContain('abc')
})

describe('a connection that will not be better in a minute', () => {
  test('plain http where https is spoken to: said at once', async () => {
    const server = await hostile()
    const {registry} = open(server.host, {plainHttp: false})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({exitCode: 4, code: 'CONNECTION_FAILED'})
    expect(registry.traffic.retries).toBe(0)
  })

  test.each([407, 403])('a proxy that answers %i: said at once', async status => {
    const proxy = createServer(socket => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`))
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void proxy.close())
    const address = proxy.address()
    const port = typeof address === 'object' ? address?.port : 0
    const {registry} = open('registry.example', {
      network: readNetwork({HTTPS_PROXY: `http://me:pr0xy-pass@127.0.0.1:${port}`}),
    })
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({exitCode: 4, code: 'PROXY_REFUSED'})
    expect(error?.message).not.toContain('pr0xy-pass')
    expect(registry.traffic.retries).toBe(0)
  })

  test('a proxy whose URL cannot be read: said without the URL', () => {
    const env = {HTTPS_PROXY: 'http://me:pr0xy-pass@bad host:1'}
    expect(() => readNetwork(env)).toThrow(/^(?!.*pr0xy-pass).*HTTPS_PROXY/)
  })
})

test('many who find their token old at once ask for a new one once', async () => {
  const server = await hostile()
  const tags = Array.from({length: 8}, (_, index) => `v${index}`)
  for (const tag of tags) server.addManifest(index, mediaTypes.ociIndex, tag)
  server.always('GET', '/token', replies.status(200, {}, JSON.stringify({token: 'abc', expires_in: 3600})))
  server.always('HEAD', '/v2/', ({headers}, response) => {
    if (headers.authorization === 'Bearer abc') {
      response.writeHead(200, {'Docker-Content-Digest': sha256(Buffer.from(JSON.stringify(index)))}).end()
    } else response.writeHead(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token"`}).end()
  })
  let now = 0
  const context = {concurrency: 8, now: () => now}
  const {registry} = open(server.host, {authorizer: bearerAuthorizer(), context})
  const app = registry.repository('app')
  await app.resolve(['v0'])
  now += 3_600_000
  expect((await app.resolve(tags)).size).toBe(8)
  expect(server.log().filter(line => line === 'GET /token')).toHaveLength(2)
})

test('referrers answered with a page that is no index are looked for under the tag', async () => {
  const server = await hostile()
  server.always(
    'GET',
    '/v2/app/referrers/',
    replies.status(200, {'Content-Type': 'text/html'}, '<html></html>'),
  )
  expect(await open(server.host).registry.repository('app').referrers(blob.digest)).toEqual([])
})

test('a blob is read through redirects of any name of the same storage', async () => {
  const [server, storage] = [await hostile(), await hostile()]
  storage.always('GET', '/', replies.status(200, {'Content-Length': String(content.length)}, 'layer'))
  server.always('GET', '/v2/app/blobs/', replies.redirect(storage.origin, 302))
  expect(await read(await open(server.host).registry.repository('app').readBlob(blob))).toEqual(content)
})
