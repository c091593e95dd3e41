import {describe, expect, test} from 'vitest'
import {readProxies} from '../../../src/lib/oci/proxy.ts'

const proxy = 'http://proxy.example:3128'

function nameFor(env: Record<string, string>, host = 'registry.example', port = 443): string | undefined {
  return readProxies(env)(host, port)?.name
}

describe('the proxy', () => {
  test.each([
    [{HTTPS_PROXY: proxy}],
    [{https_proxy: proxy}],
    [{ALL_PROXY: proxy}],
    [{all_proxy: proxy}],
    [{https_proxy: proxy, HTTPS_PROXY: 'http://other.example'}],
    [{HTTPS_PROXY: proxy, all_proxy: 'http://other.example'}],
    [{HTTPS_PROXY: 'proxy.example:3128'}],
    [{HTTPS_PROXY: ` ${proxy}/ `}],
  ])('of %j is proxy.example:3128', env => {
    expect(nameFor(env as Record<string, string>)).toBe('proxy.example:3128')
  })

  test('HTTP_PROXY is for requests in the clear, of which there are none', () => {
    expect(nameFor({HTTP_PROXY: proxy, http_proxy: proxy})).toBeUndefined()
  })

  test.each([
    ['http://proxy.example', 80, false],
    ['https://proxy.example', 443, true],
    ['https://proxy.example:8443', 8443, true],
  ])('%s is port %i, TLS %s', (url, port, isTls) => {
    expect(readProxies({HTTPS_PROXY: url})('registry.example', 443)).toEqual({
      name: `proxy.example:${port}`,
      hostname: 'proxy.example',
      port,
      isTls,
    })
  })

  test('with an address of IPv6 is connected to without brackets', () => {
    expect(readProxies({HTTPS_PROXY: 'http://[fd00::1]:3128'})('registry.example', 443)).toMatchObject({
      name: '[fd00::1]:3128',
      hostname: 'fd00::1',
    })
  })

  test('with a user has the password as it is written, escapes resolved', () => {
    const found = readProxies({HTTPS_PROXY: 'http://me:p%40ss%25@proxy.example'})('registry.example', 443)
    expect(found?.authorization).toBe(`Basic ${Buffer.from('me:p@ss%').toString('base64')}`)
    expect(found?.name).toBe('proxy.example:80')
  })

  test.each([
    'http://me:pr0xy-pass@bad host',
    'http://me:pr0xy-pass@',
    'http://me:pr0xy-pass%@proxy.example',
    'socks5://me:pr0xy-pass@proxy.example:1080',
    'http://me:pr0xy-pass@proxy.example/path',
    'ftp://me:pr0xy-pass@proxy.example',
  ])('%s is refused without its password', url => {
    expect(() => readProxies({ALL_PROXY: url})).toThrow(/^(?!.*pr0xy-pass).*ALL_PROXY/)
  })
})

describe('NO_PROXY', () => {
  test.each([
    ['registry.example', 'registry.example'],
    ['registry.example', 'eu.registry.example'],
    ['.registry.example', 'eu.registry.example'],
    ['.registry.example', 'registry.example'],
    ['*.registry.example', 'eu.registry.example'],
    ['REGISTRY.example.', 'registry.EXAMPLE'],
    ['other.example, registry.example', 'registry.example'],
    ['other.example registry.example', 'registry.example'],
    ['registry.example:443', 'registry.example'],
    ['*', 'registry.example'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.0.0.0/8', '10.1.2.3'],
    ['fd00::/8', '[fd12::1]'],
    ['[fd12::1]:443', '[fd12:0:0::1]'],
    ['fd12::1', 'fd12::1'],
    ['amazonaws.com', '111111111111.dkr.ecr.eu-west-1.amazonaws.com'],
  ])('%s covers %s', (list, host) => {
    expect(nameFor({HTTPS_PROXY: proxy, NO_PROXY: list}, host)).toBeUndefined()
    expect(nameFor({HTTPS_PROXY: proxy, no_proxy: list, NO_PROXY: 'x.example'}, host)).toBeUndefined()
  })

  test.each([
    ['registry.example', 'notregistry.example'],
    ['registry.example', 'registry.example.evil'],
    ['registry.example:8443', 'registry.example'],
    ['10.0.0.0/8', '11.1.2.3'],
    ['10.0.0.0/8', '10.example'],
    ['10.0.0.0/99', '10.1.2.3'],
    ['fd00::/8', '10.1.2.3'],
    ['', 'registry.example'],
    [' , ', 'registry.example'],
    ['example/8', 'registry.example'],
  ])('%j does not cover %s', (list, host) => {
    expect(nameFor({HTTPS_PROXY: proxy, NO_PROXY: list}, host)).toBe('proxy.example:3128')
  })
})
