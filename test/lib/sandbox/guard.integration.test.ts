import {createConnection} from 'node:net'
import {networkInterfaces} from 'node:os'
import {describe, expect, test} from 'vitest'
import {dev, devHost, http, openSandbox} from './support.ts'

describe('who is answered', () => {
  test.each([
    ['a name that leads here by DNS rebinding', {host: 'evil.example'}],
    ['a name that begins like ECR’s', {host: `${devHost}.evil.example`}],
    ['a name that ends like ECR’s', {host: `evil.example-${devHost}`}],
    ['an ECR name with the suffix of another partition', {host: `${devHost}.cn`}],
    ['a web page', {origin: 'https://evil.example'}],
    ['a page without an origin', {origin: 'null'}],
    ['a page, by what the browser says', {'sec-fetch-site': 'cross-site'}],
    ['a page of another port', {'sec-fetch-site': 'same-site'}],
  ])('not %s', async (_, headers) => {
    const {url, requests} = await openSandbox()
    for (const path of ['/v2/', '/_sandbox/health', '/']) {
      const answer = await http(`${url}${path}`, {method: path === '/' ? 'POST' : 'GET', headers})
      expect(answer.status).toBe(403)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
    expect(requests).toEqual([])
  })

  test.each([
    'api.ecr.eu-west-1.amazonaws.com',
    'ecr.eu-west-1.api.aws',
    'api.ecr-fips.us-east-1.amazonaws.com',
    'sts.amazonaws.com',
    'sts.cn-north-1.amazonaws.com.cn',
    'api.ecr-public.us-east-1.amazonaws.com',
    'localhost:80',
    '[::1]',
  ])('%s is', async host => {
    const {url} = await openSandbox()
    expect((await http(`${url}/`, {method: 'POST', headers: {host}})).status).not.toBe(403)
  })

  test('control only by the name of this machine', async () => {
    const {url} = await openSandbox()
    expect((await http(`${url}/_sandbox/health`, {headers: {host: devHost}})).status).toBe(403)
  })

  test('nobody from outside: all ports are on the loopback address alone', async () => {
    const sandbox = await openSandbox({registries: [{account: dev, region: 'eu-west-1', port: 0}]})
    const outside = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .filter(({internal, family}) => !internal && family === 'IPv4')
      .map(({address}) => address)
    const ports = [sandbox.url, ...sandbox.registryUrls.values()].map(url => Number(new URL(url).port))
    for (const host of outside) {
      for (const port of ports) expect(await connects(host, port)).toBe(false)
    }
    for (const port of ports) expect(await connects('127.0.0.1', port)).toBe(true)
  })
})

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
