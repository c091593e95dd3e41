import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test, vi} from 'vitest'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import {open} from './open.ts'

test('a download that is given up in its middle leaves no timer that would keep the process', async () => {
  const content = Buffer.alloc(4 * 1024 * 1024, 'x')
  const server = createServer((_, response) =>
    response.writeHead(200, {'content-length': content.length}).write(content),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server.closeAllConnections())
  const {registry} = open(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  const started = vi.spyOn(globalThis, 'setTimeout')
  const ended = vi.spyOn(globalThis, 'clearTimeout')
  onTestFinished(() => void vi.restoreAllMocks())

  const blob = await registry
    .repository('app')
    .readBlob({mediaType: 'application/octet-stream', digest: digestOf(content), size: content.length})
  // It reads ahead until its buffer is full, and waits there for a reader.
  blob.read(0)
  while (blob.readableLength < blob.readableHighWaterMark) await turn()
  expect(started).toHaveBeenCalled()
  blob.destroy()
  await once(blob, 'close')
  await turn()

  const cleared = new Set(ended.mock.calls.map(([timer]) => timer))
  expect(started.mock.results.filter(({value}) => !cleared.has(value as NodeJS.Timeout))).toEqual([])
  registry.close()
  server.close()
})

function turn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}
