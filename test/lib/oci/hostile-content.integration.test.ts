import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type Reply, replies, sha256} from '../../support/hostile-registry.ts'
import {all, hostile, open, read} from './open.ts'
import {rejected} from './thrown.ts'

const config = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  digest: sha256(Buffer.from('{}')),
  size: 2,
}
const image = {schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: []}
const document = JSON.stringify(image)
const manifest = parseManifest(Buffer.from(document))
const other = sha256(Buffer.from('other'))
const typed = {'Content-Type': mediaTypes.ociManifest}

describe('manifests that are not what was asked for', () => {
  test('another manifest for a digest, with a header that lies', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(200, {...typed, 'Docker-Content-Digest': other}, document))
    const error = await rejected(open(server.host).registry.repository('app').manifests([other]))
    expect(error).toMatchObject({code: 'DIGEST_MISMATCH', exitCode: 7})
    expect(error?.message).toContain(`${other}: `)
    expect(error?.message).toContain(`returned content with digest ${manifest.digest}`)
  })

  test('a header that does not fit the bytes of a tag', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(200, {...typed, 'Docker-Content-Digest': other}, document))
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error?.code).toBe('DIGEST_MISMATCH')
  })

  test('a HEAD of a digest that answers with another', async () => {
    const server = await hostile()
    server.always('HEAD', '/', replies.status(200, {'Docker-Content-Digest': other}))
    const error = await rejected(open(server.host).registry.repository('app').presentManifests([manifest]))
    expect(error?.code).toBe('DIGEST_MISMATCH')
    expect(error?.message).toContain(
      `${manifest.digest}: ${server.host} returned content with digest ${other}`,
    )
  })

  test.each([
    [
      'a Content-Type that is not its own',
      {'Content-Type': mediaTypes.ociIndex},
      document,
      'AMBIGUOUS_MANIFEST',
    ],
    ['index and image at once', typed, JSON.stringify({...image, manifests: []}), 'AMBIGUOUS_MANIFEST'],
    ['an empty 200', typed, '', 'INVALID_MANIFEST'],
    ['a web page', {'Content-Type': 'text/html'}, '<html></html>', 'INVALID_MANIFEST'],
    ['a coded body', {...typed, 'Content-Encoding': 'gzip,gzip'}, 'x', 'CONTENT_ENCODING'],
  ])('%s', async (_, headers, body, code) => {
    const server = await hostile()
    server.always('GET', '/', replies.status(200, headers, body))
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error).toMatchObject({code, exitCode: 7})
    expect(error?.message).not.toContain('\n')
    expect(server.requests).toHaveLength(1)
  })
})

describe('bodies without end', () => {
  test.each<[string, Reply, number]>([
    ['a manifest', replies.endless(200, typed), 9],
    ['an error', replies.endless(404 - 1), 1],
  ])('%s is cut at its limit', async (_, reply, megabytes) => {
    const server = await hostile()
    server.always('GET', '/', reply)
    const {registry} = open(server.host)
    const error = await rejected(registry.repository('app').manifests(['v1']))
    expect(error?.code).toBe('ANSWER_TOO_LARGE')
    expect(registry.traffic.bytesReceived).toBeLessThan(megabytes * 1024 * 1024)
  })

  test('a tag list is cut at its limit', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.endless())
    expect((await rejected(all(open(server.host).registry.repository('app').tags())))?.code).toBe(
      'ANSWER_TOO_LARGE',
    )
  })

  test('a redirect’s body is not waited for', async () => {
    const server = await hostile()
    server.blobs.set(config.digest, Buffer.from('{}'))
    server.script('GET', '/v2/app', replies.endless(307, {Location: `/v2/moved/blobs/${config.digest}`}))
    expect(await read(await open(server.host).registry.repository('app').readBlob(config))).toHaveLength(2)
  })
})

describe('blobs that are not what was asked for', () => {
  const content = Buffer.alloc(300_000, 'abc')
  const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
  const changed = Buffer.from(content)
  changed[content.length - 1] = 0

  /** No Content-Length: only the end of the body says where it ends. */
  const chunked =
    (...pieces: Buffer[]): Reply =>
    (_, response) => {
      for (const piece of pieces) response.write(piece)
      response.end()
    }

  test.each<[string, Reply, string]>([
    ['other bytes of the same size', chunked(changed), 'returned content with digest'],
    ['bytes after the end', chunked(content, Buffer.from('x')), 'sent more'],
    ['fewer bytes', chunked(content.subarray(1)), `sent ${content.length - 1}`],
    [
      'a Content-Length that is too short',
      replies.status(200, {'Content-Length': '3'}, 'abc'),
      'the registry has 3',
    ],
    ['a coded body', replies.status(200, {'Content-Encoding': 'gzip'}, 'x'), 'is encoded'],
  ])('%s: refused, and a copy is never completed', async (_, reply, problem) => {
    const [source, target] = [await hostile(), await hostile()]
    source.always('GET', '/', reply)
    const from = open(source.host).registry.repository('app')
    const to = open(target.host).registry.repository('app')
    const error = await rejected(to.uploadBlob({...blob, size: content.length}, () => from.readBlob(blob)))
    expect(error?.exitCode).toBe(7)
    expect(error?.message).toContain(problem)
    expect([...target.blobs]).toEqual([])
    const received = target.requests.filter(({method}) => method === 'PUT').map(({body}) => body.length)
    expect(Math.max(0, ...received)).toBeLessThan(content.length)
  })

  test('the wrong part of a blob that was cut', async () => {
    const server = await hostile()
    server.script('GET', '/', replies.cut(content, 1000))
    server.script(
      'GET',
      '/',
      replies.status(206, {'Content-Range': `bytes 5-${blob.size - 1}/${blob.size}`}, 'x'),
    )
    const stream = await open(server.host).registry.repository('app').readBlob(blob)
    expect((await rejected(read(stream)))?.message).toContain('the registry sent bytes 5-')
  })

  test('a source of the wrong length is never completed', async () => {
    const server = await hostile()
    const app = open(server.host).registry.repository('app')
    for (const pieces of [[Buffer.from('x')], [content, content]]) {
      const error = await rejected(app.uploadBlob(blob, async () => Readable.from(pieces)))
      expect(error?.code).toBe('BLOB_SIZE')
    }
    expect([...server.blobs]).toEqual([])
  })

  test('a registry that says it stored another digest', async () => {
    const server = await hostile()
    const app = open(server.host).registry.repository('app')
    server.always('PUT', '/', replies.status(201, {'Docker-Content-Digest': other}))
    server.script(
      'POST',
      '/v2/app/blobs/uploads/?mount',
      replies.status(201, {'Docker-Content-Digest': other}),
    )
    for (const write of [
      () => app.uploadBlob(blob, async () => Readable.from([content])),
      () => app.putManifest(manifest, 'v1'),
      () => app.mountBlob(blob, 'dev'),
    ]) {
      expect((await rejected(write()))?.message).toContain(`says that it stored ${other}`)
    }
  })
})

describe('listings and words that are not to be trusted', () => {
  test.each([
    ['no JSON', 'x', 'is not JSON'],
    ['no tags', '{}', 'has no "tags"'],
    ['a page', '<html>', 'is not JSON'],
    ['an object', '{"tags":{}}', 'has no "tags"'],
    ['a tag with control characters', '{"tags":["a","\\u001b[2K"]}', 'has an entry that is no tag'],
    ['a tag that is a path', '{"tags":["../x"]}', 'has an entry that is no tag'],
  ])('a tag list with %s is an error, never an empty list', async (_, body, problem) => {
    const server = await hostile()
    server.always('GET', '/', replies.status(200, {}, body))
    const error = await rejected(all(open(server.host).registry.repository('app').tags()))
    expect(error?.message).toContain(problem)
  })

  test('a list of null is how some registries write an empty one', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(200, {}, '{"tags":null}'))
    expect(await all(open(server.host).registry.repository('app').tags())).toEqual([])
  })

  test.each([
    ['JSON', JSON.stringify({errors: [{code: 'bad\ncode', message: 'a\r\n::set-env::\u001b]0;x\u202e'}]})],
    ['text', 'a\r\n::set-env::\u001b]0;x\u202e'],
    ['far too much', JSON.stringify({errors: [{code: 'X', message: 'y'.repeat(50_000)}]})],
  ])('an error in %s is one line without control characters', async (_, body) => {
    const server = await hostile()
    server.always('GET', '/', replies.status(400, {}, body))
    const message = (await rejected(open(server.host).registry.repository('app').manifests(['v1'])))?.message
    expect(message).toMatch(/^127\.0\.0\.1:\d+: GET \/v2\/app\/manifests\/v1 failed: 400/)
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(message?.length).toBeLessThan(400)
  })

  test('a web page in place of an error is named, not quoted', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(400, {}, '<html><body>Sign in</body></html>'))
    const message = (await rejected(open(server.host).registry.repository('app').manifests(['v1'])))?.message
    expect(message).toContain('web page')
    expect(message).not.toContain('Sign in')
  })
})
