import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {DeniedError, RefusalError} from '../../../src/lib/errors.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type HostileRegistry, replies, requestsWith, sha256} from '../../support/hostile-registry.ts'
import {all, hostile, open, read, secret} from './open.ts'
import {rejected} from './thrown.ts'

const content = Buffer.from('layer')
const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
const upload = async () => Readable.from([content])

describe('redirects', () => {
  test('of a blob to another port of the same host: followed without credentials', async () => {
    const [server, other] = [await hostile(), await hostile()]
    other.blobs.set(blob.digest, content)
    server.always(
      'GET',
      '/v2/app/blobs/',
      replies.redirect(`${other.origin}/v2/s3/blobs/${blob.digest}?X-Amz-Signature=s`),
    )
    const app = open(server.host).registry.repository('app')
    expect(await read(await app.readBlob(blob))).toEqual(content)
    expect(requestsWith(secret, [server])).toHaveLength(1)
    const headers = Object.keys(other.requests[0]?.headers ?? {})
    expect(headers.toSorted()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent'])
  })

  test('to storage that answers 400 when it sees an Authorization header', async () => {
    const [server, storage] = [await hostile(), await hostile()]
    storage.always('GET', '/', (request, response) => {
      if (request.headers.authorization === undefined) response.end(content)
      else response.writeHead(400).end('Only one auth mechanism allowed')
    })
    server.always('GET', '/v2/app/blobs/', replies.redirect(`${storage.origin}/bucket`))
    expect(await read(await open(server.host).registry.repository('app').readBlob(blob))).toEqual(content)
  })

  test('of a manifest: no credentials either, and the digest is still asked for', async () => {
    const [server, other] = [await hostile(), await hostile()]
    other.addManifest(
      {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []},
      mediaTypes.ociIndex,
      'v1',
    )
    server.always('GET', '/v2/app/manifests/', replies.redirect(`${other.origin}/v2/app/manifests/v1`))
    const error = await rejected(open(server.host).registry.repository('app').manifests([blob.digest]))
    expect(error?.code).toBe('DIGEST_MISMATCH')
    expect(other.requests).toHaveLength(1)
    expect(requestsWith(secret, [other])).toEqual([])
  })

  test('relative, on the registry itself: followed with credentials', async () => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    server.script('GET', '/v2/app/blobs/', replies.redirect(`/v2/moved/blobs/${blob.digest}`))
    await read(await open(server.host).registry.repository('app').readBlob(blob))
    expect(requestsWith(secret, [server])).toHaveLength(2)
  })

  test('away and back again: the credentials do not come back', async () => {
    const [server, other] = [await hostile(), await hostile()]
    server.blobs.set(blob.digest, content)
    server.script('GET', '/v2/app/blobs/', replies.redirect(`${other.origin}/`))
    other.always('GET', '/', replies.redirect(`${server.origin}/v2/back/blobs/${blob.digest}`))
    await read(await open(server.host).registry.repository('app').readBlob(blob))
    expect(server.requests.map(({headers}) => headers.authorization)).toEqual([secret, undefined])
    expect(requestsWith(secret, [other])).toEqual([])
  })

  test.each([
    'http://10.0.0.1/x?sig=hidden',
    'https://10.0.0.1/x',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0.0.0.0/',
    'http://registry.example/',
    'file:///etc/passwd',
    'https://user:pw@registry.example/',
    'https://',
  ])('to %s: refused', async location => {
    const server = await hostile()
    server.always('GET', '/v2/app/blobs/', replies.redirect(location))
    const {registry} = open(server.host)
    const error = await rejected(registry.repository('app').readBlob(blob))
    expect(error).toMatchObject({code: 'REDIRECT_REFUSED', exitCode: 7})
    expect(error?.message).not.toMatch(/hidden|pw@|\n/)
    expect(registry.traffic.requests).toBe(1)
  })

  test('in a circle: refused after five', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.redirect('/loop'))
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error?.code).toBe('REDIRECT_REFUSED')
    expect(server.requests).toHaveLength(6)
  })

  test('without a target: refused', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(307))
    expect(
      (await rejected(open(server.host).registry.repository('app').manifests(['v1'])))?.message,
    ).toContain('without saying where to')
  })

  test.each([
    ['POST', '/v2/app/blobs/uploads/'],
    ['PUT', '/v2/app/blobs/uploads/'],
  ])('of a %s: refused, nothing is sent there', async (method, path) => {
    const [server, other] = [await hostile(), await hostile()]
    server.always(method, path, replies.redirect(`${other.origin}/`))
    const error = await rejected(open(server.host).registry.repository('app').uploadBlob(blob, upload))
    expect(error?.code).toBe('REDIRECT_REFUSED')
    expect(other.requests).toEqual([])
    expect(server.blobs.size).toBe(0)
  })

  test('to a host that asks for credentials: it gets none, nor do its challenge’s realm', async () => {
    const [server, other] = [await hostile(), await hostile()]
    server.always('GET', '/', replies.redirect(`${other.origin}/storage`))
    other.always(
      'GET',
      '/',
      replies.status(401, {'WWW-Authenticate': `Bearer realm="${other.origin}/token"`}),
    )
    const error = await rejected(open(server.host).registry.repository('app').readBlob(blob))
    expect(error).toBeInstanceOf(DeniedError)
    expect(error?.message).toContain('authentication challenge from a host that is not the registry')
    expect(other.log()).toEqual(['GET /storage'])
    expect(requestsWith(secret, [other])).toEqual([])
  })
})

describe('URLs that have to stay on the registry', () => {
  const locations = (other: HostileRegistry) => [
    `${other.origin}/v2/app/blobs/uploads/1`,
    `//${other.host}/v2/app/blobs/uploads/1`,
    'https://evil.example/upload?token=hidden',
  ]

  test.each([0, 1, 2])(
    'an upload location elsewhere (%i): refused before the blob is opened',
    async index => {
      const [server, other] = [await hostile(), await hostile()]
      server.always('POST', '/', replies.status(202, {Location: locations(other)[index] ?? ''}))
      let isOpened = false
      const error = await rejected(
        open(server.host)
          .registry.repository('app')
          .uploadBlob(blob, async () => {
            isOpened = true
            return upload()
          }),
      )
      expect(error).toBeInstanceOf(RefusalError)
      expect(error?.message).toContain('an upload location')
      expect(error?.message).toContain('leaves the registry')
      expect(error?.message).not.toContain('hidden')
      expect(isOpened).toBe(false)
      expect(other.requests).toEqual([])
    },
  )

  test('the location after a PATCH, and that of a refused mount', async () => {
    const [server, other] = [await hostile(), await hostile()]
    const app = open(server.host).registry.repository('app')
    server.script('PUT', '/', replies.status(405))
    server.script('PATCH', '/', replies.status(202, {Location: `${other.origin}/x`}))
    expect((await rejected(app.uploadBlob(blob, upload)))?.code).toBe('LOCATION_REFUSED')
    server.script('POST', '/', replies.status(202, {Location: `${other.origin}/x`}))
    expect((await rejected(app.mountBlob(blob, 'dev')))?.code).toBe('LOCATION_REFUSED')
    expect(other.requests).toEqual([])
    expect(server.blobs.size).toBe(0)
  })

  test('no location at all', async () => {
    const server = await hostile()
    server.always('POST', '/', replies.status(202))
    const error = await rejected(open(server.host).registry.repository('app').uploadBlob(blob, upload))
    expect(error?.code).toBe('NO_LOCATION')
  })

  test('a next page elsewhere: refused', async () => {
    const [server, other] = [await hostile(), await hostile()]
    server.always(
      'GET',
      '/',
      replies.status(200, {Link: `<${other.origin}/v2/_catalog>; rel="next"`}, '{"tags":["a"]}'),
    )
    const error = await rejected(all(open(server.host).registry.repository('app').tags()))
    expect(error?.message).toContain('a next page')
    expect(other.requests).toEqual([])
  })

  test('next pages without end: refused', async () => {
    const server = await hostile()
    server.always(
      'GET',
      '/',
      replies.status(200, {Link: '</v2/app/tags/list?n=2>; rel="next"'}, '{"tags":["a"]}'),
    )
    const error = await rejected(all(open(server.host).registry.repository('app').tags()))
    expect(error?.code).toBe('ENDLESS_LISTING')
    expect(server.requests).toHaveLength(2)
  })
})

test('a layer with external URLs is refused, and nobody asks for it there', async () => {
  const [server, other] = [await hostile(), await hostile()]
  const layer = {...blob, urls: [`${other.origin}/layer`]}
  server.addManifest(
    {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: blob, layers: [layer]},
    mediaTypes.ociManifest,
    'v1',
  )
  const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
  expect(error?.code).toBe('FOREIGN_LAYER')
  expect(other.requests).toEqual([])
})

test('two registries with their own credentials never see each other’s', async () => {
  const [source, target] = [await hostile(), await hostile()]
  const from = open(source.host).registry.repository('app')
  const targetSecret = 'Basic dGFyZ2V0'
  const authorizer = {authorize: async () => targetSecret, renew: async () => false}
  const to = open(target.host, {authorizer}).registry.repository('app')
  source.blobs.set(blob.digest, content)
  await to.uploadBlob(blob, () => from.readBlob(blob))
  expect(requestsWith(secret, [target])).toEqual([])
  expect(requestsWith(targetSecret, [source])).toEqual([])
  expect(requestsWith(targetSecret, [target])).toHaveLength(2)
})
