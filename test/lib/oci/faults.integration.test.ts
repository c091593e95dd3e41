import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {TransientError} from '../../../src/lib/errors.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {RegistryError} from '../../../src/lib/oci/registry-error.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {type HostileRegistry, type Reply, replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open, read} from './open.ts'
import {rejected} from './thrown.ts'

const content = Buffer.from(Array.from({length: 400_000}, (_, index) => index % 251))
const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}
const whole = async () => Readable.from([content])
const methods = (server: HostileRegistry) => server.requests.map(({method}) => method).join(' ')

describe('a request that fails', () => {
  test.each<[string, Reply]>([
    ...[408, 429, 500, 502, 503, 504].map((status): [string, Reply] => [
      String(status),
      replies.status(status),
    ]),
    ['a reset', replies.reset()],
    [
      'half a body',
      replies.cut(Buffer.from(JSON.stringify(index)), 5, 200, {'Content-Type': mediaTypes.ociIndex}),
    ],
  ])('with %s is repeated, counted and told of', async (_, reply) => {
    const server = await hostile()
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    server.script('GET', '/', reply, reply)
    const {registry, events, waits} = open(server.host)
    expect((await registry.repository('app').manifests(['v1'])).size).toBe(1)
    expect(registry.traffic).toMatchObject({requests: 3, retries: 2})
    expect(events).toHaveLength(2)
    expect(events[0]).toMatchObject({type: 'retry', host: server.host, request: 'GET /v2/app/manifests/v1'})
    expect(waits.every(ms => ms <= 1000)).toBe(true)
  })

  test('at great length is cut and repeated all the same', async () => {
    const server = await hostile()
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    server.script('GET', '/', replies.endless(502), replies.endless(429))
    const {registry} = open(server.host)
    expect((await registry.repository('app').manifests(['v1'])).size).toBe(1)
    expect(registry.traffic).toMatchObject({requests: 3, retries: 2})
    expect(registry.traffic.bytesReceived).toBeLessThan(1024 * 1024)
  })

  test.each([400, 404, 405, 409, 413, 501])('with %i is not repeated', async status => {
    const server = await hostile()
    server.always('PUT', '/', replies.error(status, 'UNSUPPORTED', 'no'))
    const manifest = {bytes: Buffer.from('{}'), digest: sha256(Buffer.from('{}')), mediaType: 'x'}
    const error = await rejected(
      open(server.host)
        .registry.repository('app')
        .putManifest({...manifest, kind: 'image', blobs: [], children: []}),
    )
    expect(error).toMatchObject({code: 'UNSUPPORTED', exitCode: 4})
    expect(error?.cause).toBeInstanceOf(RegistryError)
    expect(error?.cause).toMatchObject({status, code: 'UNSUPPORTED', message: 'no'})
    expect(server.requests).toHaveLength(1)
  })

  test('for longer than may be is an error that says how long and how often', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.error(503, 'UNAVAILABLE', 'back soon'))
    const {registry, waits} = open(server.host)
    const error = await rejected(registry.repository('app').manifests(['v1']))
    expect(error).toBeInstanceOf(TransientError)
    expect(error?.message).toMatch(/failed for \d+ s \(\d+ tries\): 503 UNAVAILABLE: back soon/)
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000)
  })

  test('and asks to wait longer than may be is an error at once', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.status(429, {'Retry-After': '3600'}))
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error?.code).toBe('THROTTLED')
    expect(error?.message).toContain('It asks to wait 3600 s')
    expect(server.requests).toHaveLength(1)
  })

  test('with Retry-After is waited for by all requests to that registry', async () => {
    const server = await hostile()
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    server.script('GET', '/v2/slow', replies.status(429, {'Retry-After': '7'}))
    let resume = (): void => undefined
    const waits: number[] = []
    let now = 0
    const {registry} = open(server.host, {
      context: {now: () => now},
      wait: async ms => {
        waits.push(ms)
        await new Promise<void>(resolve => {
          const next = resume
          resume = () => {
            next()
            resolve()
          }
        })
      },
    })
    const slow = registry.repository('slow').manifests(['v1'])
    await expect.poll(() => waits.length).toBe(1)
    const other = registry.repository('other').manifests(['v1'])
    await expect.poll(() => waits.length).toBe(2)
    expect(waits.every(ms => ms >= 7000)).toBe(true)
    expect(server.log()).toEqual(['GET /v2/slow/manifests/v1'])
    now = 20_000
    resume()
    expect([(await slow).size, (await other).size]).toEqual([1, 1])
  })

  test('because nobody listens is repeated, then an error that is safe to run again', async () => {
    const server = await hostile()
    await server.close()
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error?.exitCode).toBe(6)
    expect(error?.message).toContain('ECONNREFUSED')
  })
})

describe('a server that says nothing', () => {
  const timeouts = {...defaultTimeouts, headersMs: 40, stallMs: 40, commitMs: 40}

  test('instead of an answer is given up and asked again', async () => {
    const server = await hostile()
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    server.script('GET', '/', replies.hang())
    const {registry, events} = open(server.host, {timeouts})
    expect((await registry.repository('app').manifests(['v1'])).size).toBe(1)
    expect(events.map(({reason}) => reason)).toEqual(['no answer for 0.04 s'])
  })

  test('within a blob is given up and asked for the rest', async () => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    server.script('GET', '/', (_, response) => {
      response.writeHead(200, {'Content-Length': String(blob.size)}).write(content.subarray(0, 2000))
    })
    const {registry, events} = open(server.host, {timeouts})
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(events.map(({reason}) => reason)).toEqual(['no bytes came for 0.04 s'])
    expect(server.requests[1]?.headers.range).toBe('bytes=2000-')
  })

  test('after an upload is given up and sent again in a new session', async () => {
    const server = await hostile()
    server.script('PUT', '/', replies.hang())
    const {registry} = open(server.host, {timeouts})
    await registry.repository('app').uploadBlob(blob, whole)
    expect(methods(server)).toBe('POST PUT HEAD POST PUT')
  })
})

describe('a blob that is cut', () => {
  test.each([1, 65_536, 399_999])('after %i bytes is resumed there by Range', async after => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    server.script('GET', '/', replies.cut(content, after))
    const {registry} = open(server.host)
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(server.requests[1]?.headers.range).toBe(`bytes=${after}-`)
    expect(registry.traffic).toMatchObject({requests: 2, retries: 1, bytesReceived: blob.size})
  })

  test('again and again is resumed each time', async () => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    const step = 100_000
    server.script('GET', '/', replies.cut(content, step))
    for (const start of [step, 2 * step]) {
      const range = {'Content-Range': `bytes ${start}-${blob.size - 1}/${blob.size}`}
      server.script('GET', '/', replies.cut(content.subarray(start), step, 206, range))
    }
    const {registry} = open(server.host)
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
    expect(registry.traffic.bytesReceived).toBe(blob.size)
  })

  test('is read from the start where Range is ignored, and nothing is passed on twice', async () => {
    const server = await hostile()
    server.script('GET', '/', replies.cut(content, 100_000))
    server.always('GET', '/', (_, response) => {
      response.writeHead(200, {'Content-Length': String(blob.size)}).end(content)
    })
    const {registry} = open(server.host)
    expect((await read(await registry.repository('app').readBlob(blob))).equals(content)).toBe(true)
  })

  test('for ever without progress is an error', async () => {
    const server = await hostile()
    server.script('GET', '/', replies.cut(content, 1000))
    server.always('GET', '/', replies.reset())
    const stream = await open(server.host).registry.repository('app').readBlob(blob)
    expect((await rejected(read(stream)))?.exitCode).toBe(6)
  })
})

describe('an upload that is cut', () => {
  test.each<[string, Reply]>([
    ['by a reset', replies.reset()],
    ['by a 503', replies.status(503)],
  ])('%s begins again in a new session with a new stream', async (_, reply) => {
    const server = await hostile()
    server.script('PUT', '/', reply)
    let opened = 0
    const {registry} = open(server.host)
    await registry.repository('app').uploadBlob(blob, async () => {
      opened++
      return Readable.from([content])
    })
    const puts = server.requests.filter(({method}) => method === 'PUT').map(({url}) => url)
    expect(new Set(puts).size).toBe(2)
    expect([opened, registry.traffic.retries]).toEqual([2, 1])
    expect(server.blobs.get(blob.digest)?.equals(content)).toBe(true)
  })

  test('after the registry had stored it is not sent again', async () => {
    const server = await hostile()
    server.script('PUT', '/', (_, response) => {
      server.blobs.set(blob.digest, content)
      response.socket?.destroy()
    })
    await open(server.host).registry.repository('app').uploadBlob(blob, whole)
    expect(methods(server)).toBe('POST PUT HEAD')
  })

  test('because its source fails ends with the source’s error, incomplete', async () => {
    const server = await hostile()
    const failure = new TransientError('SOURCE', 'the source is gone')
    const {registry} = open(server.host)
    const writing = registry.repository('app').uploadBlob(blob, async () =>
      Readable.from(
        (async function* () {
          yield content.subarray(0, 1000)
          throw failure
        })(),
      ),
    )
    expect(await rejected(writing)).toBe(failure)
    expect(server.blobs.size).toBe(0)
    expect(registry.traffic.retries).toBe(0)
  })

  test('by an early answer lets go of the source', async () => {
    const server = await hostile()
    server.early('PUT', '/', replies.error(413, 'SIZE_INVALID', 'too large'))
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65_536))
      },
    })
    const size = Number.MAX_SAFE_INTEGER
    const {registry} = open(server.host)
    const error = await rejected(registry.repository('app').uploadBlob({...blob, size}, async () => endless))
    expect(error?.code).toBe('SIZE_INVALID')
    expect(endless.destroyed).toBe(true)
  })

  test('by a success before it was sent is not believed', async () => {
    const server = await hostile()
    server.early('PUT', '/', replies.status(201))
    const {registry} = open(server.host, {context: {retryForMs: 0}})
    const slow = new Readable({read: () => undefined})
    slow.push(content.subarray(0, 10))
    const error = await rejected(registry.repository('app').uploadBlob(blob, async () => slow))
    expect(error?.message).toContain('it was answered before it was sent')
    expect(slow.destroyed).toBe(true)
  })
})

describe('letting go', () => {
  test('a blob that nobody reads to its end gives its slot back', async () => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    const app = open(server.host, {context: {concurrency: 1}}).registry.repository('app')
    const unread = await app.readBlob(blob)
    unread.destroy()
    const begun = await app.readBlob(blob)
    for await (const piece of begun) {
      expect(piece).toBeInstanceOf(Buffer)
      break
    }
    expect((await read(await app.readBlob(blob))).equals(content)).toBe(true)
  })

  test('an abort ends requests, waits and streams with its own reason', async () => {
    const server = await hostile()
    server.blobs.set(blob.digest, content)
    server.always('GET', '/v2/app/manifests', replies.hang())
    const abort = new AbortController()
    const reason = new TransientError('STOPPED', 'stopped')
    const {registry} = open(server.host, {context: {signal: abort.signal}})
    const app = registry.repository('app')
    server.script('GET', '/v2/app/blobs', replies.cut(content, 10), replies.hang())
    const stream = await app.readBlob(blob)
    const reading = rejected(read(stream))
    const asking = rejected(app.manifests(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']))
    await expect.poll(() => server.requests.length).toBeGreaterThanOrEqual(6)
    abort.abort(reason)
    expect([await reading, await asking]).toEqual([reason, reason])
    expect(await rejected(app.resolve(['v1']))).toBe(reason)
    expect(registry.traffic.retries).toBe(1)
  })

  test('at most as many requests as the context allows are under way', async () => {
    const server = await hostile()
    let now = 0
    let most = 0
    server.always('HEAD', '/', (_, response) => {
      most = Math.max(most, ++now)
      setImmediate(() => {
        now--
        response.writeHead(404).end()
      })
    })
    const {registry} = open(server.host, {context: {concurrency: 3}})
    const tags = Array.from({length: 30}, (_, index) => `t${index}`)
    await Promise.all([registry.repository('a').resolve(tags), registry.repository('b').resolve(tags)])
    // Each tag, and of each repository whether it is there at all.
    expect(registry.traffic.requests).toBe(60 + 2)
    expect(most).toBeLessThanOrEqual(3)
  })
})
