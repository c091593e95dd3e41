import {X509Certificate} from 'node:crypto'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {readFile, stat, writeFile} from 'node:fs/promises'
import {type ClientRequest, type IncomingMessage, request as plainRequest} from 'node:http'
import {Agent, request} from 'node:https'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {buffer} from 'node:stream/consumers'
import {connect as secureConnect, type TLSSocket} from 'node:tls'
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr'
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {Sandbox, SandboxOptions, SandboxProxy} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  type Answer,
  basicAuth,
  dev,
  devHost,
  ecrClient,
  openSandbox,
  putSmallImage,
  region,
  registryClient,
  type Sent,
  sha256,
} from './support.ts'

const s3Host = `prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`

interface Proxied {
  readonly sandbox: Sandbox
  readonly proxy: SandboxProxy
  /** Goes through the proxy and trusts its certificate alone. */
  readonly agent: Agent
}

async function openProxied(options: SandboxOptions = {}): Promise<Proxied> {
  const sandbox = await openSandbox({proxy: 0, ...options})
  if (sandbox.proxy === undefined) throw new Error('there is no proxy')
  const {proxy} = sandbox
  const agent = new Agent({proxyEnv: {HTTPS_PROXY: proxy.url}, ca: proxy.caCertificate})
  onTestFinished(() => agent.destroy())
  return {sandbox, proxy, agent}
}

/** An SDK client that knows AWS's own endpoints only. */
function sdk<Client extends ECRClient | STSClient>(
  Client: new (options: object) => Client,
  {agent}: Proxied,
  options: object = {},
): Client {
  const credentials = {accessKeyId: dev, secretAccessKey: 'any'}
  const client = new Client({
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: {httpsAgent: agent},
    ...options,
  })
  onTestFinished(() => client.destroy())
  return client
}

async function answerOf(sent: ClientRequest, body?: string | Uint8Array) {
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const bytes = await buffer(response)
  const {statusCode: status = 0, headers, socket} = response
  const answer: Answer = {status, headers, body: bytes, text: bytes.toString()}
  return {answer, socket}
}

async function through({agent}: Proxied, url: string, {body, ...sent}: Sent = {}): Promise<Answer> {
  return (await answerOf(request(url, {agent, ...sent}), body)).answer
}

async function certificateOf({agent}: Proxied, host: string) {
  const {socket} = await answerOf(request(`https://${host}/`, {agent}))
  return (socket as TLSSocket).getPeerX509Certificate()
}

/** The status with which the proxy answers CONNECT. */
async function statusOfTunnel({proxy}: Proxied, authority: string): Promise<number> {
  const {hostname, port} = new URL(proxy.url)
  const sent = plainRequest({hostname, port, method: 'CONNECT', path: authority, agent: false}).end()
  const [{statusCode}, socket] = (await once(sent, 'connect')) as [IncomingMessage, Socket]
  socket.destroy()
  return statusCode ?? 0
}

/** A request that names its URL, as clients with HTTP_PROXY send it. */
async function plainThrough({proxy}: Proxied, url: string, headers: Sent['headers'] = {}): Promise<Answer> {
  const {hostname, port} = new URL(proxy.url)
  const {host} = new URL(url)
  return (
    await answerOf(plainRequest({hostname, port, path: url, headers: {host, ...headers}, agent: false}))
  ).answer
}

describe('real names', () => {
  test("AWS's SDK reaches ECR and STS without an endpoint of its own", async () => {
    const proxied = await openProxied()
    await sdk(ECRClient, proxied).send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const {repositories} = await ecrClient(proxied.sandbox).send(new DescribeRepositoriesCommand({}))
    expect(repositories?.map(({repositoryName}) => repositoryName)).toEqual(['app'])
    const identity = await sdk(STSClient, proxied).send(new GetCallerIdentityCommand({}))
    expect(identity.Account).toBe(dev)
    expect(proxied.sandbox.requests.map(({host}) => host)).toEqual([
      `api.ecr.${region}.amazonaws.com`,
      expect.stringMatching(/^127/),
      `sts.${region}.amazonaws.com`,
    ])
  })

  test.each([
    ['dual-stack', {useDualstackEndpoint: true}, `ecr.${region}.api.aws`],
    ['FIPS', {useFipsEndpoint: true, region: 'us-east-1'}, 'api.ecr-fips.us-east-1.amazonaws.com'],
    ['China', {region: 'cn-north-1'}, 'api.ecr.cn-north-1.amazonaws.com.cn'],
    ['GovCloud', {region: 'us-gov-west-1'}, 'api.ecr.us-gov-west-1.amazonaws.com'],
  ])('%s endpoints are served', async (_, options, host) => {
    const proxied = await openProxied()
    await sdk(ECRClient, proxied, options).send(new DescribeRepositoriesCommand({}))
    expect(proxied.sandbox.requests).toMatchObject([{host, status: 200}])
  })

  test.each([
    devHost,
    `${dev}.dkr-ecr.${region}.on.aws`,
    `${dev}.dkr.ecr-fips.us-east-1.amazonaws.com`,
    'sts.amazonaws.com',
    'api.ecr-public.us-east-1.amazonaws.com',
    s3Host,
    'prod-ap-southeast-1-starport-layer-bucket.s3.ap-southeast-1.amazonaws.com',
  ])('%s has a certificate of its own', async host => {
    const certificate = await certificateOf(await openProxied(), host)
    expect(certificate?.checkHost(host, {subject: 'never'})).toBe(host)
    expect(certificate?.subjectAltName).toBe(`DNS:${host}`)
  })

  test('an upload goes on where its Location says, and a download where the redirect says', async () => {
    const proxied = await openProxied()
    const ecr = sdk(ECRClient, proxied)
    await ecr.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const authorization = await basicAuth(ecr)
    const layer = 'bytes of a layer'
    const started = await through(proxied, `https://${devHost}/v2/app/blobs/uploads/`, {
      method: 'POST',
      headers: {authorization},
    })
    const location = started.headers.location ?? ''
    expect(location).toMatch(new RegExp(`^https://${devHost}/v2/app/blobs/uploads/`))
    const finished = await through(proxied, `${location}?digest=${sha256(layer)}`, {
      method: 'PUT',
      headers: {authorization},
      body: layer,
    })
    expect([finished.status, finished.headers.location]).toEqual([
      201,
      `https://${devHost}/v2/app/blobs/${sha256(layer)}`,
    ])
    const redirect = await through(proxied, finished.headers.location ?? '', {headers: {authorization}})
    expect(redirect.status).toBe(307)
    expect(new URL(redirect.headers.location ?? '').origin).toBe(`https://${s3Host}`)
    expect((await through(proxied, redirect.headers.location ?? '')).text).toBe(layer)
  })

  test('a redirect is on loopback for those that came there without the proxy', async () => {
    const proxied = await openProxied()
    const direct = ecrClient(proxied.sandbox)
    const {layer} = await putSmallImage(direct, 'app', 'v1')
    const send = await registryClient(proxied.sandbox)
    const {headers} = await send('GET', `/v2/app/blobs/${sha256(layer)}`)
    expect(headers.location).toMatch(/^http:\/\/127\.0\.0\.1:/)
    const input = {repositoryName: 'app', layerDigest: sha256(layer)}
    const {downloadUrl} = await direct.send(new GetDownloadUrlForLayerCommand(input))
    expect(downloadUrl).toMatch(/^http:\/\/127\.0\.0\.1:/)
    const real = await sdk(ECRClient, proxied).send(new GetDownloadUrlForLayerCommand(input))
    expect((await through(proxied, real.downloadUrl ?? '')).text).toBe(layer)
  })

  test('HTTP_PROXY serves plain requests, and sends them on to plain ones', async () => {
    const proxied = await openProxied()
    const {layer} = await putSmallImage(ecrClient(proxied.sandbox), 'app', 'v1')
    const authorization = await basicAuth(ecrClient(proxied.sandbox))
    const url = `http://${devHost}/v2/app/blobs/${sha256(layer)}`
    const {headers} = await plainThrough(proxied, url, {authorization})
    expect(new URL(headers.location ?? '').origin).toBe(`http://${s3Host}`)
    expect((await plainThrough(proxied, headers.location ?? '')).text).toBe(layer)
  })

  test('a connection that is to be reset is reset', async () => {
    const proxied = await openProxied()
    proxied.sandbox.setFaults([{kind: 'reset-before'}])
    await expect(through(proxied, `https://${devHost}/v2/`)).rejects.toMatchObject({code: 'ECONNRESET'})
    expect((await through(proxied, `https://${devHost}/v2/`)).status).toBe(401)
  })
})

test('a client that does not wait for the tunnel before it speaks TLS is served', async () => {
  const {proxy} = await openProxied()
  const recorder = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void recorder.close())
  await once(recorder, 'listening')
  const {port} = recorder.address() as AddressInfo
  const talker = secureConnect({host: '127.0.0.1', port, servername: devHost}).on('error', () => undefined)
  const [recorded] = (await once(recorder, 'connection')) as [Socket]
  const [hello] = (await once(recorded, 'data')) as [Buffer]
  talker.destroy()

  const hasty = connect(Number(new URL(proxy.url).port), '127.0.0.1')
  onTestFinished(() => void hasty.destroy())
  hasty.write(
    Buffer.concat([Buffer.from(`CONNECT ${devHost}:443 HTTP/1.1\r\nhost: ${devHost}\r\n\r\n`), hello]),
  )
  let answer = ''
  while (!answer.includes('\r\n\r\n\x16\x03')) {
    const [chunk] = (await once(hasty, 'data')) as [Buffer]
    answer += chunk.toString('latin1')
  }
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

describe('nothing else', () => {
  test.each([
    'example.com:443',
    's3.eu-west-1.amazonaws.com:443',
    'ec2.eu-west-1.amazonaws.com:443',
    `${devHost}.example.com:443`,
    `${devHost}:80`,
    devHost,
    '127.0.0.1:443',
    'localhost:443',
    '169.254.169.254:443',
  ])('no tunnel leads to %s', async authority => {
    expect(await statusOfTunnel(await openProxied(), authority)).toBe(403)
  })

  test.each([
    'http://example.com/',
    'http://169.254.169.254/latest/meta-data/',
    `http://${devHost}:8080/v2/`,
  ])('no plain request leads to %s', async url => {
    expect((await plainThrough(await openProxied(), url)).status).toBe(403)
  })

  test('the proxy does not reach what listens on this machine', async () => {
    const proxied = await openProxied()
    const {sandbox, proxy} = proxied
    expect(await statusOfTunnel(proxied, new URL(sandbox.url).host)).toBe(403)
    for (const url of [
      `${sandbox.url}/_sandbox/health`,
      `${proxy.url}/_sandbox/health`,
      `${proxy.url}/v2/`,
    ]) {
      expect((await plainThrough(proxied, url)).status).toBe(403)
    }
  })

  test('a request that comes to the proxy as to a server is refused', async () => {
    const {proxy} = await openProxied()
    const {answer} = await answerOf(plainRequest(`${proxy.url}/_sandbox/health`, {agent: false}))
    expect(answer.status).toBe(403)
  })

  test.each(['example.com', '127.0.0.1', 'sts.amazonaws.com'])(
    'a tunnel to one host does not serve %s',
    async host => {
      const proxied = await openProxied()
      const {agent} = proxied
      const sent = request(`https://${devHost}/v2/`, {agent, servername: devHost, headers: {host}})
      expect((await answerOf(sent)).answer.status).toBe(421)
    },
  )

  test('commands of the sandbox are not for the proxy', async () => {
    const proxied = await openProxied()
    expect((await through(proxied, `https://${devHost}/_sandbox/health`)).status).toBe(403)
  })

  test('requests of web pages are refused', async () => {
    const proxied = await openProxied()
    const headers = {origin: 'https://example.com'}
    expect((await through(proxied, `https://${devHost}/v2/`, {headers})).status).toBe(403)
    expect((await plainThrough(proxied, `http://${devHost}/v2/`, headers)).status).toBe(403)
  })

  test('TLS without the certificate of the sandbox fails at the client', async () => {
    const proxied = await openProxied()
    const agent = new Agent({proxyEnv: {HTTPS_PROXY: proxied.proxy.url}})
    onTestFinished(() => agent.destroy())
    await expect(through({...proxied, agent}, `https://${devHost}/v2/`)).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })
})

describe('the certificate', () => {
  test('is of an authority, for names of AWS alone, and good for years', async () => {
    const {proxy} = await openProxied()
    const certificate = new X509Certificate(proxy.caCertificate)
    expect(certificate.ca).toBe(true)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.toLegacyObject().ext_key_usage).toBeUndefined()
    const years = (Date.parse(certificate.validTo) - Date.now()) / (365 * 24 * 3600 * 1000)
    expect(years).toBeGreaterThan(9)
    expect(await readFile(proxy.caFile, 'utf8')).toBe(proxy.caCertificate)
  })

  test("of a server is within clients' limits and from the authority", async () => {
    const proxied = await openProxied({now: () => 0})
    const server = await certificateOf(proxied, devHost)
    const authority = new X509Certificate(proxied.proxy.caCertificate)
    expect(server?.checkIssued(authority)).toBe(true)
    expect(server?.verify(authority.publicKey)).toBe(true)
    expect(server?.ca).toBe(false)
    const from = Date.parse(server?.validFrom ?? '')
    expect(from).toBeLessThan(Date.now())
    expect(Date.parse(server?.validTo ?? '') - from).toBeLessThanOrEqual(398 * 24 * 3600 * 1000)
  })

  test('is gone with a sandbox in memory', async () => {
    const {sandbox, proxy} = await openProxied()
    await sandbox.close()
    expect(existsSync(proxy.caFile)).toBe(false)
  })

  test('stays the same in a data directory, where its key is for the user alone', async () => {
    const data = await temporaryFolder()
    const first = await openProxied({data})
    await first.sandbox.close()
    const second = await openProxied({data})
    expect(second.proxy.caCertificate).toBe(first.proxy.caCertificate)
    expect(second.proxy.caFile).toBe(first.proxy.caFile)
    expect((await through(second, `https://${devHost}/v2/`)).status).toBe(401)
    if (process.platform === 'win32') return
    expect((await stat(`${data}/ca-key.pem`)).mode & 0o777).toBe(0o600)
  })

  test.each(['ca.pem', 'ca-key.pem'])('is made anew when %s is damaged', async file => {
    const data = await temporaryFolder()
    const first = await openProxied({data})
    await first.sandbox.close()
    await writeFile(`${data}/${file}`, 'nothing')
    const second = await openProxied({data})
    expect(second.proxy.caCertificate).not.toBe(first.proxy.caCertificate)
    expect((await through(second, `https://${devHost}/v2/`)).status).toBe(401)
  })
})

describe('the port', () => {
  test('is told when another program has it', async () => {
    const {proxy} = await openProxied()
    const port = Number(new URL(proxy.url).port)
    await expect(openSandbox({proxy: port})).rejects.toMatchObject({code: 'PORT_UNAVAILABLE'})
  })

  test('is free once the sandbox is closed, whatever tunnels were open', async () => {
    const proxied = await openProxied()
    const {hostname, port} = new URL(proxied.proxy.url)
    const half = connect(Number(port), hostname)
    half.write(`CONNECT ${devHost}:443 HTTP/1.1\r\nhost: ${devHost}\r\n\r\n`)
    await once(half, 'data')
    await through(proxied, `https://${devHost}/v2/`)
    await Promise.all([once(half, 'close'), proxied.sandbox.close()])
    const {proxy} = await openSandbox({proxy: Number(port)})
    expect(proxy?.url).toBe(proxied.proxy.url)
  })
})

describe('the environment', () => {
  test('sends every kind of tool to the proxy, and to its certificate', async () => {
    const {proxy} = await openProxied()
    const env = proxy.env(dev, region)
    expect(env).toMatchObject({
      HTTPS_PROXY: proxy.url,
      AWS_CA_BUNDLE: proxy.caFile,
      SSL_CERT_FILE: proxy.caFile,
      AWS_ACCESS_KEY_ID: dev,
      AWS_REGION: region,
    })
    expect(env).not.toHaveProperty('AWS_ENDPOINT_URL')
    expect(() => proxy.env('1', region)).toThrow('"1/eu-west-1" is not a registry')
  })
})
