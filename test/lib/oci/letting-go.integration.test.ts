import {Readable} from 'node:stream'
import {expect, test} from 'vitest'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {replies, sha256} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

/** Timers that keep this process from ending. */
const timers = (): number => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length

test('a blob that is dropped in its middle leaves nothing behind that keeps the process alive', async () => {
  const server = await hostile()
  const blob = server.addBlob(Buffer.alloc(8_000_000, 'layer'))
  const app = open(server.host).registry.repository('app')
  const before = timers()
  const stream = await app.readBlob(blob)
  stream.read(0)
  await expect.poll(() => stream.readableLength).toBeGreaterThanOrEqual(stream.readableHighWaterMark)
  console.log(process.getActiveResourcesInfo(), before, stream.readableLength)
  stream.destroy()
  await new Promise(r=>setTimeout(r,100));console.log(process.getActiveResourcesInfo())
  await expect.poll(timers).toBe(before)
})

test('a blob that is dropped while its rest is asked for is asked for no more', async () => {
  const server = await hostile()
  const content = Buffer.alloc(400_000, 'layer')
  const blob = server.addBlob(content)
  server.script('GET', '/', replies.cut(content, 100))
  server.always('GET', '/', replies.status(500))
  let asked = 0
  const stream: Readable = await open(server.host, {
    wait: async () => {
      asked++
      if (asked === 3) stream.destroy()
      await new Promise(resolve => setImmediate(resolve))
    },
  })
    .registry.repository('app')
    .readBlob(blob)
  stream.resume()
  await new Promise(resolve => stream.once('close', resolve))
  const {length} = server.requests
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(server.requests).toHaveLength(length)
})

test('a server that stops reading the end of a body is given up', async () => {
  const server = await hostile()
  server.early('PUT', '/', () => undefined)
  const content = Buffer.alloc(32 * 1024 * 1024)
  const {registry} = open(server.host, {
    context: {retryForMs: 0},
    timeouts: {...defaultTimeouts, stallMs: 200, headersMs: 200, commitMs: 200},
  })
  const blob = {mediaType: 'x', digest: sha256(content), size: content.length}
  const error = await rejected(
    registry.repository('app').uploadBlob(blob, async () => Readable.from([content])),
  )
  expect(error?.message).toContain('no bytes were taken')
})
