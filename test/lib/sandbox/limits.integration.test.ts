import {once} from 'node:events'
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import type {Server} from 'node:http'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {describe, expect, onTestFinished, test} from 'vitest'
import {bounds, listen, type Machinery, urlOf} from '../../../src/lib/sandbox/server/server.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {rawRequest, sendRaw} from './raw-http.ts'
import {
  basicAuth,
  dev,
  devHost,
  ecrClient,
  http,
  openSandbox,
  putSmallImage,
  region,
  sha256,
} from './support.ts'

const local = 'Host: 127.0.0.1'
const api = {
  'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
  authorization: `AWS4-HMAC-SHA256 Credential=${dev}/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
}

describe('a client may not cost more than', () => {
  test('16 KiB of headers', async () => {
    const {url} = await openSandbox()
    const answer = await sendRaw(url, rawRequest('GET /v2/', [local, `X-Large: ${'x'.repeat(20_000)}`]))
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect((await http(`${url}/_sandbox/health`)).status).toBe(200)
  })

  test('32 MiB in a request of the API', async () => {
    const {url} = await openSandbox()
    const answer = await http(url, {method: 'POST', headers: api, body: Buffer.alloc(33 * 1024 * 1024, ' ')})
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'RequestEntityTooLargeException',
      message: 'Request entity too large',
    })
  })

  test('256 KiB in a request of STS', async () => {
    const {url} = await openSandbox()
    const body = `Action=GetCallerIdentity&Version=2011-06-15&${'x'.repeat(300_000)}`
    const answer = await http(url, {method: 'POST', body})
    expect(answer.status).toBe(413)
    expect(answer.text).toContain('<Code>RequestEntityTooLarge</Code>')
  })

  test('256 MiB in a request that controls', async () => {
    const {url} = await openSandbox()
    const answer = await sendRaw(
      url,
      rawRequest('POST /_sandbox/seed', [local, `Content-Length: ${256 * 1024 * 1024 + 1}`]),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('{"code":"BODY_TOO_LARGE","message":"The sandbox takes at most 256 MiB here."}')
  })

  test('some seconds for its headers', async () => {
    const soon = {...bounds, headersTimeout: 60, connectionsCheckingInterval: 20}
    const server = await closed(listen({} as Machinery, {kind: 'main'}, 0, soon))
    const socket = createConnection({host: '127.0.0.1', port: Number(new URL(urlOf(server)).port)})
    const answer = text(socket)
    socket.write('GET /v2/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('what every port is bound to', async () => {
    const server = await closed(listen({} as Machinery, {kind: 'main'}, 0))
    expect(server.headersTimeout).toBe(30_000)
  })
})

async function closed(listening: Promise<Server>): Promise<Server> {
  const server = await listening
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return server
}

const up = [
  '..',
  '%2e%2e',
  '..%2f..',
  '%2e%2e%2f%2e%2e%2f',
  '....//',
  '..%5c..',
  '..%00',
  '%c0%ae%c0%ae',
  '.',
  '',
]
const zeros = '0'.repeat(64)

describe('no path leads out of the sandbox', () => {
  async function planted() {
    const folder = await temporaryFolder()
    const data = join(folder, 'a', 'b', 'data')
    await mkdir(data, {recursive: true})
    await writeFile(join(folder, 'secret'), 'secret words')
    await writeFile(join(folder, 'a', 'secret'), 'secret words')
    const sandbox = await openSandbox({data})
    const client = ecrClient(sandbox)
    const image = await putSmallImage(client, 'app', 'v1')
    const authorization = await basicAuth(client)
    const outside = async () =>
      (await readdir(folder, {recursive: true})).filter(file => !file.startsWith(join('a', 'b', 'data')))
    return {sandbox, authorization, outside, layer: sha256(image.layer)}
  }

  test.each([
    ['GET', '/v2/UP/manifests/v1'],
    ['GET', '/v2/app/manifests/UP/secret'],
    ['GET', '/v2/app/manifests/sha256:UP/secret'],
    ['GET', '/v2/app/blobs/UP/secret'],
    ['GET', '/v2/app/blobs/sha256:UP/secret'],
    ['GET', `/v2/app/blobs/sha256:${zeros}UP`],
    ['GET', '/v2/app/blobs/uploads/UP/secret'],
    ['PATCH', '/v2/app/blobs/uploads/UP'],
    ['PUT', `/v2/app/blobs/uploads/UP?digest=sha256:${zeros}`],
    ['POST', '/v2/app/blobs/uploads/?digest=sha256:UP'],
    ['POST', '/v2/UP/blobs/uploads/'],
    ['POST', `/v2/app/blobs/uploads/?mount=sha256:${zeros}&from=UP/app`],
    ['PUT', '/v2/app/manifests/UP'],
    ['DELETE', '/v2/app/manifests/sha256:UP'],
    ['GET', '/_sandbox/UP/secret'],
    ['GET', '/UP/secret'],
  ])('of %s %s', async (method, path) => {
    const {sandbox, authorization, outside} = await planted()
    const before = await outside()
    for (const bad of up) {
      const host = path.startsWith('/_sandbox') ? local : `Host: ${devHost}`
      const headers = [host, `Authorization: ${authorization}`, 'Content-Type: application/json']
      const answer = await sendRaw(
        sandbox.url,
        rawRequest(`${method} ${path.replace('UP', bad)}`, headers, '{}'),
      )
      // A mount that cannot be is an upload.
      expect([bad, answer]).toEqual([bad, expect.stringMatching(/^HTTP\/1\.1 (?:4\d\d|202|307) /)])
      expect(answer).not.toContain('secret words')
    }
    expect(await outside()).toEqual(before)
  })

  test('of a link that downloads', async () => {
    const {sandbox, authorization, layer} = await planted()
    const {headers} = await http(`${sandbox.url}/v2/app/blobs/${layer}`, {
      headers: {host: devHost, authorization},
    })
    const {origin, pathname, search} = new URL(headers.location ?? '')
    expect(pathname).toContain(layer.slice('sha256:'.length))
    for (const bad of up) {
      for (const path of [
        `/${bad}/secret`,
        `${pathname}/${bad}/${bad}/secret`,
        pathname.replace(layer, bad),
      ]) {
        const answer = await sendRaw(origin, rawRequest(`GET ${path}${search}`, [local]))
        if (path === pathname) continue
        expect([path, answer]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 4\d\d /)])
      }
    }
  })
})
