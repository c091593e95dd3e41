import type {Socket} from 'node:net'
import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {type HostileRegistry, type Reply, replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open, read, secret} from './open.ts'
import {rejected} from './thrown.ts'

const content = Buffer.alloc(300_000, 'abc')
const blob = {mediaType: 'application/octet-stream', digest: sha256(content), size: content.length}

function part(start: number): Reply {
  return (_, response) => {
    const range = `bytes ${start}-${content.length - 1}/${content.length}`
    response.writeHead(206, {'Content-Range': range}).end(content.subarray(start))
  }
}

async function tagsOf(repository: Repository): Promise<readonly string[]> {
  const tags: string[] = []
  for await (const tag of repository.tags()) tags.push(tag)
  return tags
}

/** A registry that redirects each download to storage by a link of its own. */
async function redirecting(): Promise<{registry: HostileRegistry; storage: HostileRegistry}> {
  const [registry, storage] = [await hostile(), await hostile()]
  for (const link of ['first', 'second', 'third'])
    registry.script('GET', '/v2/app/blobs/', replies.redirect(`${storage.origin}/${link}?signature=s3cret`))
  return {registry, storage}
}

describe('a download from where the registry redirects to', () => {
  test('that is cut goes on by a new link, since the old one may be over', async () => {
    const {registry, storage} = await redirecting()
    storage.script('GET', '/first', replies.cut(content, 100_000))
    storage.script('GET', '/second', part(100_000))
    const repository = open(registry.host).registry.repository('app')
    expect((await read(await repository.readBlob(blob))).equals(content)).toBe(true)
    expect(storage.log()).toEqual(['GET /first', 'GET /second'])
    expect(storage.requests.map(({headers}) => headers.range)).toEqual([undefined, 'bytes=100000-'])
    expect(registry.requests.map(({headers}) => headers.authorization)).toEqual([secret, secret])
    expect(storage.requests.every(({headers}) => headers.authorization === undefined)).toBe(true)
  })

  test('whose link is over before it is used asks for another, at once', async () => {
    const {registry, storage} = await redirecting()
    const expired = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'
    storage.script('GET', '/first', replies.cut(content, 1))
    storage.script('GET', '/second', replies.status(403, {}, expired))
    storage.script('GET', '/third', part(1))
    const {registry: opened, waits} = open(registry.host)
    expect((await read(await opened.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(storage.log()).toEqual(['GET /first', 'GET /second', 'GET /third'])
    // One wait after the cut; none for the link.
    expect(waits).toHaveLength(1)
  })

  test('that refuses every link is denied in one line without the links', async () => {
    const {registry, storage} = await redirecting()
    storage.always('GET', '/', replies.status(403, {}, 'no'))
    const error = await rejected(open(registry.host).registry.repository('app').readBlob(blob))
    expect(error).toMatchObject({exitCode: 5})
    expect(error?.message).not.toContain('s3cret')
    expect(storage.requests).toHaveLength(2)
  })

  test('of which no more is there than was had is an error, not an endless row of tries', async () => {
    const {registry, storage} = await redirecting()
    storage.script('GET', '/first', replies.cut(content, 1000))
    storage.script('GET', '/second', replies.status(416, {'Content-Range': 'bytes */1000'}))
    const stream = await open(registry.host).registry.repository('app').readBlob(blob)
    expect(await rejected(read(stream))).toMatchObject({exitCode: 4})
    expect(storage.requests).toHaveLength(2)
  })
})

describe('an answer that ends early', () => {
  test('though nothing said how long it would be is taken for a cut', async () => {
    const server = await hostile()
    server.script('GET', '/', (_, response) => {
      response.writeHead(200, {Connection: 'close', 'Transfer-Encoding': 'chunked'})
      response.end(content.subarray(0, 1000))
    })
    server.script('GET', '/', part(1000))
    const {registry} = open(server.host)
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(server.requests[1]?.headers.range).toBe('bytes=1000-')
    expect(registry.traffic.retries).toBe(1)
  })

  test('because it is a smaller part than was asked for is followed by the next', async () => {
    const server = await hostile()
    server.script('GET', '/', replies.cut(content, 1000))
    for (const [start, end] of [
      [1000, 200_000],
      [200_000, content.length],
    ] as const) {
      server.script('GET', '/', (_, response) => {
        response.writeHead(206, {'Content-Range': `bytes ${start}-${end - 1}/${content.length}`})
        response.end(content.subarray(start, end))
      })
    }
    const {registry} = open(server.host)
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(server.requests.map(({headers}) => headers.range)).toEqual([
      undefined,
      'bytes=1000-',
      'bytes=200000-',
    ])
  })

  test('and never brings any more is not taken for the blob', async () => {
    const server = await hostile()
    server.always('GET', '/', (_, response) => {
      response.writeHead(200).end(content.subarray(0, 1000))
    })
    const stream = await open(server.host).registry.repository('app').readBlob(blob)
    expect(await rejected(read(stream))).toMatchObject({
      code: 'WRONG_BLOB',
      message: expect.stringContaining('expected 300000 bytes, the registry sent 1000'),
    })
    expect(server.requests).toHaveLength(2)
  })
})

describe('an idle connection that the server closes as it is used again', () => {
  const manifest = parseManifest(
    Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []})),
  )
  const upload = (repository: Repository) => repository.uploadBlob(blob, async () => Readable.from([content]))

  test.each<[string, string, (repository: Repository) => Promise<unknown>]>([
    ['a tag that is looked up', 'HEAD', repository => repository.resolve(['v1'])],
    ['a list of tags', 'GET', tagsOf],
    ['a manifest that is put', 'PUT', repository => repository.putManifest(manifest, 'v1')],
    ['an upload that begins', 'POST', upload],
    ['the bytes of an upload', 'PUT', upload],
  ])('costs no wait: %s', async (_, method, act) => {
    const server = await hostile()
    const {registry, waits} = open(server.host)
    // A first request, whose connection is kept.
    await tagsOf(registry.repository('app'))
    server.script(method, '/', replies.reset())
    await act(registry.repository('app'))
    expect(waits).toEqual([0])
    expect(registry.traffic.retries).toBe(1)
    for (const [digest, bytes] of server.blobs) expect(sha256(bytes)).toBe(digest)
  })

  test('is not told from a server that breaks new ones too: that is waited for', async () => {
    const server = await hostile()
    const {registry, waits} = open(server.host)
    await tagsOf(registry.repository('app'))
    server.script('GET', '/', replies.reset(), replies.reset())
    await tagsOf(registry.repository('app'))
    expect(waits[0]).toBe(0)
    expect(waits).toHaveLength(2)
  })
})

describe('an answer of what stands before a registry', () => {
  test.each([408, 421, 425, 502, 503, 504, 520, 522, 524])('with %i is tried again', async status => {
    const server = await hostile()
    server.script('HEAD', '/', replies.status(status))
    server.script('POST', '/', replies.status(status))
    server.script('PUT', '/', replies.status(status))
    const {registry} = open(server.host)
    await registry.repository('app').resolve(['v1'])
    await registry.repository('app').uploadBlob(blob, async () => Readable.from([content]))
    expect(server.blobs.get(blob.digest)?.equals(content)).toBe(true)
    expect(registry.traffic.retries).toBe(3)
  })

  test('with 421 is tried again on another connection', async () => {
    const server = await hostile()
    const sockets: (Socket | null)[] = []
    const note =
      (reply: Reply): Reply =>
      (request, response) => {
        sockets.push(response.socket)
        reply(request, response)
      }
    const none = replies.status(200, {}, '{"tags": []}')
    server.script('GET', '/', note(none), note(replies.error(421, 'MISDIRECTED')), note(none))
    const {registry} = open(server.host)
    await tagsOf(registry.repository('app'))
    await tagsOf(registry.repository('app'))
    const [first, misdirected, last] = sockets
    expect(misdirected).toBe(first)
    expect(last).not.toBe(misdirected)
  })
})
