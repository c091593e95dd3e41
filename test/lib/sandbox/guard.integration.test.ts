import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {createConnection} from 'node:net'
import {networkInterfaces} from 'node:os'
import {describe, expect, test} from 'vitest'
import {rawRequest, sendRaw} from './raw-http.ts'
import {
  dev,
  devHost,
  ecrClient,
  http,
  openSandbox,
  prod,
  putSmallImage,
  region,
  registryClient,
  sha256,
} from './support.ts'

const local = 'Host: 127.0.0.1'
const ours = (...headers: string[]) => [local, ...headers]

/** What a page or a name that was rebound sends; `{port}` is the sandbox's. */
const strangers: readonly (readonly [string, readonly string[]])[] = [
  // DNS rebinding: a name of the attacker's that leads here.
  ['a name', ['Host: evil.example']],
  ['a name with our port', ['Host: evil.example:{port}']],
  ['a name with a trailing dot', ['Host: evil.example.']],
  ['a name that begins like ours', ['Host: 127.0.0.1.evil.example:{port}']],
  ['a name that begins like localhost', ['Host: localhost.evil.example:{port}']],
  ['a name that ends like localhost', ['Host: evil-localhost:{port}']],
  ['a name below localhost', ['Host: evil.localhost:{port}']],
  ['localhost with a trailing dot', ['Host: localhost.:{port}']],
  ['a service that answers with our address', ['Host: 127.0.0.1.nip.io:{port}']],
  ['a name that begins like a registry', [`Host: ${devHost}.evil.example`]],
  ['a name that ends like a registry', [`Host: evil.example-${devHost}`]],
  ['a name below a registry', [`Host: evil.${devHost}`]],
  ['a registry with a trailing dot', [`Host: ${devHost}.`]],
  ['a registry of another partition', [`Host: ${devHost}.cn`]],
  ['a registry of no region', [`Host: ${dev}.dkr.ecr.evil.amazonaws.com`]],
  ['an API of no region', ['Host: api.ecr.evil.example.amazonaws.com']],
  ['a user before our address', ['Host: evil.example@127.0.0.1:{port}']],
  ['our address as a user', ['Host: 127.0.0.1@evil.example']],
  ['our address, and more', ['Host: 127.0.0.1:{port}, evil.example']],
  ['our address, and a path', ['Host: 127.0.0.1:{port}/evil']],
  ['our address with two ports', ['Host: 127.0.0.1:{port}:80']],
  ['our address with no number as port', ['Host: 127.0.0.1:evil']],
  // The address of all addresses reaches this machine from a page.
  ['the unspecified address', ['Host: 0.0.0.0:{port}']],
  ['the unspecified address of IPv6', ['Host: [::]:{port}']],
  ['our address within IPv6', ['Host: [::ffff:127.0.0.1]:{port}']],
  ['an address of IPv6 without brackets', ['Host: ::1']],
  ['an address of IPv6 with a zone', ['Host: [::1%25lo]:{port}']],
  ['a short form of our address', ['Host: 127.1:{port}']],
  ['our address as one number', ['Host: 2130706433:{port}']],
  ['our address in hexadecimal', ['Host: 0x7f.0.0.1:{port}']],
  ['an address of the network', ['Host: 192.168.0.10:{port}']],
  ['no name', ['Host: ']],
  ['no header', []],
  ['two names, ours first', [local, 'Host: evil.example']],
  ['two names, ours last', ['Host: evil.example', local]],
  ['our name twice', [local, local]],
  ['our name only in X-Forwarded-Host', ['Host: evil.example', 'X-Forwarded-Host: 127.0.0.1']],
  ['our name only in Forwarded', ['Host: evil.example', 'Forwarded: host=127.0.0.1']],
  // Pages.
  ['a page', ours('Origin: https://evil.example')],
  ['a page of a sandboxed frame or a file', ours('Origin: null')],
  ['a page of another port of this machine', ours('Origin: http://127.0.0.1:8080')],
  ['a page that claims to be ours', ours('Origin: http://127.0.0.1:{port}')],
  ['an extension', ours('Origin: chrome-extension://abcdefghijklmnop')],
  ['an empty origin', ours('Origin:')],
  ['an image or a script of a page', ours('Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors')],
  ['a link of a page', ours('Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate')],
  ['a page of the same site', ours('Sec-Fetch-Site: same-site')],
  ['a page of our own, which there is not', ours('Sec-Fetch-Site: same-origin')],
  ['a browser of tomorrow', ours('Sec-Fetch-Site: same-party')],
  ['a preflight', ours('Access-Control-Request-Method: PUT', 'Access-Control-Request-Headers: x-amz-target')],
  ['a page that asks for WebSocket', ours('Origin: https://evil.example', 'Upgrade: websocket')],
]

const seed = JSON.stringify({repositories: [{account: dev, region, name: 'evil'}]})
const form = 'Content-Type: text/plain'

/** What they would like to do. */
const wishes: readonly (readonly [line: string, headers: readonly string[], body?: string])[] = [
  ['POST /_sandbox/seed', [form], seed],
  ['POST /_sandbox/reset', [form], ' '],
  ['GET /_sandbox/requests', []],
  ['OPTIONS /_sandbox/seed', []],
  ['GET /v2/', []],
  ['POST /v2/app/blobs/uploads/', [], ' '],
  ['POST /', [form, 'X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.CreateRepository'], '{}'],
  ['POST /', ['Content-Type: application/x-www-form-urlencoded'], 'Action=GetSessionToken'],
]

async function opened() {
  const sandbox = await openSandbox()
  await sandbox.seed({repositories: [{account: prod, region, name: 'app'}]})
  const before = sandbox.requests
  const untouched = async () => {
    expect(sandbox.requests).toBe(before)
    expect(before).toEqual([])
    const listed = await http(sandbox.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeRepositories',
        authorization: `AWS4-HMAC-SHA256 Credential=${prod}/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: '{}',
    })
    expect(listed.text).toContain('"repositoryName":"app"')
  }
  return {sandbox, untouched}
}

function expectRefusal(answer: string): void {
  // Node.js itself refuses what is no HTTP.
  expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
  expect(answer).not.toMatch(/^access-control-/im)
}

describe('who is answered', () => {
  test('these are many strangers, each another one', () => {
    expect(new Set(strangers.map(([, headers]) => headers.join('\n'))).size).toBeGreaterThanOrEqual(30)
  })

  test.each(strangers)('not %s', async (_, headers) => {
    const {sandbox, untouched} = await opened()
    const {port} = new URL(sandbox.url)
    const sent = headers.map(header => header.replaceAll('{port}', port))
    for (const [line, more, body] of wishes) {
      expectRefusal(await sendRaw(sandbox.url, rawRequest(line, [...sent, ...more], body)))
    }
    await untouched()
  })

  test.each([
    'GET http://evil.example/_sandbox/requests',
    'POST http://127.0.0.1/_sandbox/reset',
    'POST http://evil.example/',
    'GET https://127.0.0.1/v2/',
    'GET //evil.example/../_sandbox/requests',
    'OPTIONS *',
    'CONNECT 127.0.0.1:80',
    'GET _sandbox/requests',
  ])('not one whose target names a host of its own: %s', async line => {
    const {sandbox, untouched} = await opened()
    const answer = await sendRaw(sandbox.url, rawRequest(line, [local]))
    // Without an answer the connection was closed; what begins like a path is one, and leads nowhere.
    expect(answer).toMatch(/^(?:$|HTTP\/1\.1 40[034] )/)
    await untouched()
  })

  test('not an HTTP/1.0 client, which may name no host', async () => {
    const {sandbox, untouched} = await opened()
    expectRefusal(await sendRaw(sandbox.url, 'POST /_sandbox/reset HTTP/1.0\r\n\r\n'))
    await untouched()
  })

  test.each([
    'api.ecr.eu-west-1.amazonaws.com',
    'ecr.eu-west-1.api.aws',
    'api.ecr-fips.us-east-1.amazonaws.com',
    'sts.amazonaws.com',
    'sts.cn-north-1.amazonaws.com.cn',
    'api.ecr-public.us-east-1.amazonaws.com',
    devHost,
    'localhost:80',
    '[::1]',
    '127.0.0.1:1',
  ])('%s is', async host => {
    const {url} = await openSandbox()
    expect((await http(`${url}/`, {method: 'POST', headers: {host}})).status).not.toBe(403)
  })

  test.each([
    ['fetch() of Node.js', {'sec-fetch-mode': 'cors'}],
    ['the address bar of a browser', {'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate'}],
    ['a name that a proxy passes on', {'x-forwarded-host': 'evil.example'}],
  ])('%s is', async (_, headers) => {
    const {url} = await openSandbox()
    expect((await http(`${url}/_sandbox/health`, {headers})).status).toBe(200)
  })

  test('control only by the name of this machine', async () => {
    const {url} = await openSandbox()
    expect((await http(`${url}/_sandbox/health`, {headers: {host: devHost}})).status).toBe(403)
  })

  test('control never where blobs are downloaded', async () => {
    const sandbox = await openSandbox()
    const {layer} = await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    const send = await registryClient(sandbox)
    const {headers} = await send('GET', `/v2/app/blobs/${sha256(layer)}`)
    const link = new URL('/_sandbox/health', headers.location)
    expect(link.origin).not.toBe(sandbox.url)
    expect((await http(link.href, {headers: {host: '127.0.0.1'}})).status).toBe(403)
  })
})

describe('nobody from outside', () => {
  const ports = async () => {
    const sandbox = await openSandbox({registries: [{account: dev, region, port: 0}], proxy: 0})
    const urls = [sandbox.url, ...sandbox.registryUrls.values(), sandbox.proxy?.url ?? '']
    return urls.map(url => Number(new URL(url).port))
  }

  test('reaches a port by another address of this machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .filter(({internal, family}) => !internal && family === 'IPv4')
      .map(({address}) => address)
    for (const port of await ports()) {
      for (const host of outside) expect(await connects(host, port)).toBe(false)
      expect(await connects('127.0.0.1', port)).toBe(true)
    }
  })

  test.runIf(process.platform === 'linux')(
    'could: all that this process listens at is on loopback',
    async () => {
      const expected = await ports()
      const listening = listeners()
      expect(listening.map(({port}) => port)).toEqual(expect.arrayContaining(expected))
      // The port for downloads is one more, which nothing tells.
      expect(listening.length).toBeGreaterThan(expected.length)
      expect(new Set(listening.map(({address}) => address))).toEqual(new Set(['127.0.0.1']))
    },
  )
})

/** Where this process listens, as the kernel says. */
function listeners(): readonly {readonly address: string; readonly port: number}[] {
  const listening = '0A'
  const sockets = new Set(
    readdirSync('/proc/self/fd').map(file => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${file}`))?.[1]),
  )
  return ['tcp', 'tcp6']
    .flatMap(family => readFileSync(`/proc/self/net/${family}`, 'utf8').trim().split('\n').slice(1))
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[3] === listening && sockets.has(columns[9]))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':')
      return {address: addressOf(address), port: Number.parseInt(port, 16)}
    })
}

// The one that reads the folder is gone by now.
function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

function addressOf(hex: string): string {
  if (hex.length !== 8) return hex
  return [...Buffer.from(hex, 'hex')].toReversed().join('.')
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection({host, port, timeout: 1000})
    const settle = (connected: boolean) => {
      socket.destroy()
      resolve(connected)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}
