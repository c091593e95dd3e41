import {describe, expect, test} from 'vitest'
import {knownTokenHosts, parseTokenHosts} from '../../../src/lib/oci/token-hosts.ts'
import {thrown} from './thrown.ts'

describe('a token service on another host is known', () => {
  test.each([
    ['registry-1.docker.io', ['auth.docker.io']],
    ['registry.gitlab.com', ['gitlab.com']],
    ['registry.digitalocean.com', ['api.digitalocean.com']],
    ['registry.cn-hangzhou.aliyuncs.com', ['dockerauth.cn-hangzhou.aliyuncs.com']],
  ])('of %s', (registry, hosts) => {
    expect(knownTokenHosts(registry)).toEqual(hosts)
  })

  test.each([
    'ghcr.io',
    'quay.io',
    'docker.io.evil.example',
    'evil-registry-1.docker.io',
    'registry-1.docker.io:444',
    'registry.gitlab.com.evil.example',
    'registry.evil.example',
    'registry.a.b-c.aliyuncs.com',
    'registry.cn-hangzhou.aliyuncs.com.evil.example',
    'xregistry.cn-hangzhou.aliyuncs.com',
    '',
  ])('of no such name as %j', registry => {
    expect(knownTokenHosts(registry)).toEqual([])
  })
})

describe('what the user says about token services', () => {
  test('is read by registry', () => {
    expect(
      parseTokenHosts(
        'registry.example=gitlab.example, Other.Example:5050=tokens.example:443,registry.example=b:81,',
      ),
    ).toEqual(
      new Map([
        ['registry.example', ['gitlab.example', 'b:81']],
        ['other.example:5050', ['tokens.example']],
      ]),
    )
    expect(parseTokenHosts('')).toEqual(new Map())
  })

  test.each([
    'registry.example',
    '=gitlab.example',
    'registry.example=',
    'a=b=c',
    'a=https://b',
    'a=b/path',
    'a=user@b',
    'a=b?c',
    'a=b c',
  ])('%j: one line', text => {
    const error = thrown(() => parseTokenHosts(text))
    expect(error).toMatchObject({code: 'INVALID_TOKEN_HOSTS', exitCode: 2})
    expect(error?.message).toMatch(/^GANTRY_TOKEN_HOSTS: .*is not REGISTRY=HOST/)
  })
})
