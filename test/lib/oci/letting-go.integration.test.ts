import {once} from 'node:events'
import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open, read} from './open.ts'
import {rejected} from './thrown.ts'

test('a blob that nobody reads any more is not asked for again', async () => {
  const server = await hostile()
  const content = Buffer.alloc(400_000, 'layer')
  const blob = server.addBlob(content)
  server.script('GET', '/', replies.cut(content, 100))
  server.always('GET', '/', replies.status(500))
  const waits: AbortSignal[] = []
  const {registry} = open(server.host, {
    wait: async (_, signal) => {
      waits.push(signal)
      if (waits.length === 3) stream.destroy()
      signal.throwIfAborted()
    },
  })
  const stream = await registry.repository('app').readBlob(blob)
  await once(stream.resume(), 'close')
  const {length} = server.requests
  await registry.repository('app').resolve(['v1'])
  expect(server.requests.slice(length).map(({method}) => method)).toEqual(['HEAD'])
  expect(waits).toHaveLength(3)
})

describe('a blob that comes so slowly that it would never be there', () => {
  const content = Buffer.alloc(400_000, 'layer')

  test('in one answer is given up', async () => {
    const server = await hostile()
    const blob = server.addBlob(content)
    server.always('GET', '/', (_, response) => {
      response.writeHead(200, {'Content-Length': String(content.length)})
      const timer = setInterval(() => response.write('l'), 20)
      response.once('close', () => clearInterval(timer))
    })
    const {registry} = open(server.host, {
      context: {retryForMs: 0},
      timeouts: {...defaultTimeouts, stallMs: 200},
    })
    const error = await rejected(read(await registry.repository('app').readBlob(blob)))
    expect(error?.message).toContain('hardly any bytes came')
  })

  test('in an endless row of cuts is given up', async () => {
    const server = await hostile()
    const blob = server.addBlob(content)
    server.always('GET', '/', ({headers}, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
      const range = {'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}`}
      const reply = replies.cut(content.subarray(start), 1, start === 0 ? 200 : 206, range)
      reply({method: 'GET', url: '', headers, body: Buffer.alloc(0)}, response)
    })
    const {registry} = open(server.host, {context: {retryForMs: 5000}})
    const error = await rejected(read(await registry.repository('app').readBlob(blob)))
    expect(error).toMatchObject({exitCode: 6})
  })
})

test('a server that stops taking the end of a body is given up', async () => {
  const server = await hostile()
  server.early('PUT', '/', () => undefined)
  const content = Buffer.alloc(32 * 1024 * 1024)
  const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
  const {registry} = open(server.host, {
    context: {retryForMs: 0},
    timeouts: {...defaultTimeouts, stallMs: 100},
  })
  const writing = registry.repository('app').uploadBlob(blob, async () => Readable.from([content]))
  expect((await rejected(writing))?.message).toContain('no bytes were taken')
})
