import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, onTestFinished, test} from 'vitest'
import {clock} from '../../../src/lib/doctor/checks/clock.ts'
import {connecting} from '../../../src/lib/doctor/world.ts'
import {startConnectProxy} from '../../support/connect-proxy.ts'
import {environmentFor} from '../ecr/stub.ts'
import {openSandbox} from '../sandbox/support.ts'
import {dev, examine, findingOf, secrets, statuses} from './support.ts'

const keys = {AWS_ACCESS_KEY_ID: dev.account, AWS_SECRET_ACCESS_KEY: secrets.key}

/** What STS answers to anybody: an error, with its clock in front. `sends` is what is sent as `Date`; undefined, none. */
async function startStsWithClock(sends: () => Date | undefined): Promise<string> {
  const server = createServer((_request, response) => {
    response.sendDate = false
    const date = sends()
    response.writeHead(403, date === undefined ? {} : {Date: date.toUTCString()}).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('proxies', () => {
  test('one that wants another login: told with its 407 and where the login goes, without the password', async () => {
    const proxy = await startConnectProxy({login: 'someone:else'})
    const run = await examine({
      env: {...keys, HTTPS_PROXY: `http://me:${secrets.proxy}@127.0.0.1:${proxy.port}`},
    })
    expect(run.exitCode).toBe(6)
    expect(findingOf(run, 'endpoints')).toMatchObject({
      trouble: 'network',
      message: expect.stringMatching(
        /^sts\.eu-west-1.*: the proxy 127.0.0.1:\d+ does not take the user and password/,
      ),
      fixes: [expect.stringContaining('HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT')],
    })
    expect(findingOf(run, 'endpoints').message).toContain('(407)')
    expect(findingOf(run, 'network').message).toBe(`proxy 127.0.0.1:${proxy.port}; authorities of Node.js`)
    expect(statuses(run)).toMatchObject({credentials: 'ok', identity: 'problem', registry: 'skipped'})
    expect(new Set(proxy.targets)).toEqual(
      new Set([
        'sts.eu-west-1.amazonaws.com:443',
        'api.ecr.eu-west-1.amazonaws.com:443',
        `${dev.account}.dkr.ecr.eu-west-1.amazonaws.com:443`,
      ]),
    )
  })

  test('one that is not there', async () => {
    const port = await closedPort()
    const run = await examine({env: {...keys, HTTPS_PROXY: `http://127.0.0.1:${port}`}})
    expect(run.exitCode).toBe(6)
    expect(findingOf(run, 'endpoints').fixes).toEqual([
      expect.stringContaining('Check the address in HTTPS_PROXY'),
    ])
  })

  test('one that is no address is a wrong configuration, and nothing is asked', async () => {
    const run = await examine({env: {...keys, HTTPS_PROXY: 'socks5://127.0.0.1:1'}})
    expect(run.exitCode).toBe(2)
    expect(findingOf(run, 'network')).toMatchObject({
      trouble: 'configuration',
      message: expect.stringMatching(/^HTTPS_PROXY names a proxy of the kind socks5/),
    })
    expect(run.findings.filter(({place, status}) => place !== null && status !== 'skipped')).toEqual([])
    expect(statuses(run)).toMatchObject({'aws-settings': 'skipped', 'credential-helper': 'skipped'})
  })
})

test('an endpoint on which nobody listens is named, and so is the variable that leads there', async () => {
  const port = await closedPort()
  const run = await examine({
    env: {...keys, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`},
    repos: null,
    region: 'eu-west-1',
  })
  expect(run.exitCode).toBe(6)
  expect(findingOf(run, 'endpoints').message).toBe(
    `127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
  )
  expect(findingOf(run, 'aws-settings')).toMatchObject({
    status: 'warning',
    message: `AWS_ENDPOINT_URL sends requests to 127.0.0.1:${port}`,
  })
})

test('an authority that nobody named is told with the variable that names it', async () => {
  const sandbox = await openSandbox({proxy: 0})
  const env = {HTTPS_PROXY: sandbox.proxy?.url, ...keys}
  const run = await examine({env})
  expect(run.exitCode).toBe(6)
  expect(findingOf(run, 'endpoints')).toMatchObject({
    trouble: 'network',
    message: expect.stringMatching(/^sts.*, api\.ecr.*, 111111111111\.dkr.*: .*certificate/),
    fixes: [expect.stringContaining('NODE_EXTRA_CA_CERTS')],
  })
  const named = {...env, NODE_EXTRA_CA_CERTS: sandbox.proxy?.caFile}
  expect(findingOf(await examine({env: named}), 'endpoints').status).toBe('ok')
})

describe('the clock', () => {
  const minute = 60_000
  const now = Date.UTC(2026, 10, 21, 12)

  test.each([
    [0, 'ok', 'right'],
    [30_000, 'ok', '30 s behind'],
    [2 * minute, 'warning', '2 min behind'],
    [10 * minute, 'problem', '10 min behind: AWS refuses signatures that are 5 min off'],
    [-10 * minute, 'problem', '10 min ahead: AWS refuses signatures that are 5 min off'],
  ])('of which that of AWS is %i ms ahead: %s', async (ahead, status, message) => {
    const url = await startStsWithClock(() => new Date(now + ahead))
    const run = await examine({env: {...keys, AWS_ENDPOINT_URL_STS: url}, now: () => now})
    expect(findingOf(run, 'clock')).toMatchObject({
      status,
      message,
      trouble: status === 'problem' ? 'configuration' : null,
    })
  })

  test('of an answer without a date nothing is said', async () => {
    const aws = environmentFor({AWS_ENDPOINT_URL: await startStsWithClock(() => undefined)})
    const place = {alias: null, account: null, region: dev.region, spec: {region: dev.region}}
    expect(await clock.run({place, aws, connect: connecting(place)})).toMatchObject({status: 'skipped'})
  })
})

describe('a server that keeps silent', () => {
  test('holds nobody up longer than the time of a check', async () => {
    const late = new AbortController()
    const asked: string[] = []
    // Each check has its request under way when its time is over.
    const server = createServer(request => {
      asked.push(request.method ?? '')
      if (asked.length === 3) late.abort(new Error('the time of a check'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    onTestFinished(() => server.closeAllConnections())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const run = await examine({
      env: {...keys, AWS_ENDPOINT_URL: url},
      repos: null,
      region: dev.region,
      limitMs: 600_000,
      deadlineAfter: () => late.signal,
    })
    expect(asked.toSorted()).toEqual(['GET', 'GET', 'POST'])
    expect(run.exitCode).toBe(6)
    expect(findingOf(run, 'identity')).toMatchObject({
      trouble: 'network',
      message: 'no result within 600 s',
      fixes: [expect.stringContaining('--check-timeout')],
    })
    expect(statuses(run)).toMatchObject({credentials: 'ok', endpoints: 'problem', registry: 'skipped'})
  })

  test('is left by a run that is stopped: what was not done is told as that', async () => {
    const stop = new AbortController()
    const server = createServer(() => stop.abort(new Error('stopped')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    onTestFinished(() => server.closeAllConnections())
    const run = await examine({
      env: {...keys, AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`},
      signal: stop.signal,
    })
    expect(findingOf(run, 'identity')).toMatchObject({
      status: 'skipped',
      message: 'not done: the run was stopped',
    })
  })
})
