import {describe, expect, test} from 'vitest'
import {UsageError} from '../../../src/lib/errors.ts'
import {createUrlPolicy, isLoopback, redacted, registryOrigin} from '../../../src/lib/oci/url-policy.ts'
import {thrown} from './thrown.ts'

const registry = new URL('https://registry.example/')
const policy = createUrlPolicy(registry)
const from = new URL('https://registry.example/v2/app/blobs/x')

describe('the origin of a registry', () => {
  test.each([
    ['registry.example', undefined, 'https://registry.example'],
    ['registry.example:443', undefined, 'https://registry.example'],
    ['registry.example:80', undefined, 'https://registry.example:80'],
    ['registry.example:5000', true, 'http://registry.example:5000'],
    ['localhost:5000', undefined, 'http://localhost:5000'],
    ['localhost:5000', false, 'https://localhost:5000'],
    ['[::1]:5000', undefined, 'http://[::1]:5000'],
    ['127.0.0.2', undefined, 'http://127.0.0.2'],
    ['docker.io', undefined, 'https://registry-1.docker.io'],
  ])('of %s (plain http %s) is %s', (host, plainHttp, origin) => {
    expect(registryOrigin(host, plainHttp).origin).toBe(origin)
  })

  test.each(['', 'a/b', 'a?b', 'a#b', 'user@a', 'user:pw@a', 'a b', 'a:99999'])('%j is no host', host => {
    expect(thrown(() => registryOrigin(host))).toMatchObject({code: 'INVALID_HOST'})
  })
})

describe('a registry elsewhere', () => {
  test.each([
    [
      'https://bucket.s3.eu-west-1.amazonaws.com/x?sig=1',
      'https://bucket.s3.eu-west-1.amazonaws.com/x?sig=1',
    ],
    ['/v2/other', 'https://registry.example/v2/other'],
    ['https://registry.example:443/x', 'https://registry.example/x'],
    ['https://registry.example:8443/x#part', 'https://registry.example:8443/x'],
  ])('may redirect to %s', (location, target) => {
    expect(policy.redirect(from, location).href).toBe(target)
  })

  test.each([
    ['http://registry.example/x', 'not https'],
    ['http://bucket.example/x', 'not https'],
    ['http://127.0.0.1/x', 'not https'],
    ['https://localhost/x', 'inside this network'],
    ['https://sub.localhost./x', 'inside this network'],
    ['https://127.0.0.1/x', 'inside this network'],
    ['https://0x7f.1/x', 'inside this network'],
    ['https://2130706433/x', 'inside this network'],
    ['https://10.1.2.3/x', 'inside this network'],
    ['https://172.31.0.1/x', 'inside this network'],
    ['https://192.168.0.1/x', 'inside this network'],
    ['https://100.64.0.1/x', 'inside this network'],
    ['https://169.254.169.254/x', 'inside this network'],
    ['https://0.0.0.0/x', 'inside this network'],
    ['https://255.255.255.255/x', 'inside this network'],
    ['https://[::]/x', 'inside this network'],
    ['https://[::1]/x', 'inside this network'],
    ['https://[::ffff:10.0.0.1]/x', 'inside this network'],
    ['https://[64:ff9b::a9fe:a9fe]/x', 'inside this network'],
    ['https://[fd00:ec2::254]/x', 'inside this network'],
    ['https://[fe80::1]/x', 'inside this network'],
    ['ftp://bucket.example/x', 'not https'],
    ['javascript:alert(1)', 'not https'],
    ['https://user@bucket.example/x', 'not a plain URL'],
    ['https://[', 'not a plain URL'],
  ])('may not redirect to %s: %s', (location, reason) => {
    const error = thrown(() => policy.redirect(from, location))
    expect(error).toMatchObject({code: 'REDIRECT_REFUSED', exitCode: 7})
    expect(error?.message).toMatch(/Refused: .+\.$/)
    expect(error?.message).toContain(reason)
  })

  test.each([
    'http://registry.example/v2/x',
    'https://registry.example:8443/v2/x',
    'https://registry.example.evil.example/v2/x',
    'https://registry.example@evil.example/v2/x',
    '//evil.example/v2/x',
    '\\\\evil.example/v2/x',
    'https://evil.example/v2/x?token=hidden',
  ])('may not move an upload to %s', location => {
    const error = thrown(() => policy.stay(from, location, 'an upload location'))
    expect(error).toMatchObject({code: 'LOCATION_REFUSED', exitCode: 7})
    expect(error?.message).not.toContain('hidden')
  })

  test.each(['/v2/x?y=1', 'https://registry.example/v2/x?y=1', 'HTTPS://REGISTRY.EXAMPLE:443/v2/x?y=1'])(
    'may move an upload to %s',
    location => {
      expect(policy.stay(from, location, 'it').href).toBe('https://registry.example/v2/x?y=1')
    },
  )

  test('is compared by scheme, host and port', () => {
    expect(policy.isRegistry(new URL('https://registry.example:443/a'))).toBe(true)
    for (const other of [
      'http://registry.example',
      'https://registry.example:1',
      'https://a.registry.example',
    ]) {
      expect(policy.isRegistry(new URL(other))).toBe(false)
    }
  })
})

describe('realms', () => {
  const hub = createUrlPolicy(registryOrigin('docker.io'))

  test('that are known to be a registry’s own, or that the user says are, may see credentials', () => {
    expect(policy.realm('https://registry.example/token', []).host).toBe('registry.example')
    expect(hub.realm('https://auth.docker.io/token', []).host).toBe('auth.docker.io')
    expect(policy.realm('https://tokens.example:5001/', ['tokens.example:5001']).host).toBe(
      'tokens.example:5001',
    )
  })

  test.each([
    [hub, 'https://docker.io.evil.example/'],
    [hub, 'https://evil.docker.io/'],
    [hub, 'https://auth.docker.io:8443/'],
    [policy, 'https://registry.example:5001/auth'],
    [policy, 'https://other.example/'],
    [policy, 'https://auth.registry.example/'],
    [policy, 'https://auth.docker.io/token'],
  ])('elsewhere may be asked only without credentials', (of, realm) => {
    expect(of.realm(realm, undefined).href).toBe(realm)
    const error = thrown(() => of.realm(realm, ['trusted.example']))
    expect(error).toMatchObject({code: 'REALM_REFUSED', exitCode: 7})
    expect(error?.message).toContain(`set GANTRY_TOKEN_HOSTS=${of.registry.host}=${new URL(realm).host}.`)
  })

  test.each([
    'http://auth.docker.io/token',
    'https://10.0.0.1/',
    'https://u:p@auth.docker.io/',
    '/token',
    '',
  ])('%j is refused even without', realm => {
    expect(thrown(() => hub.realm(realm, undefined))).toMatchObject({code: 'REALM_REFUSED'})
  })
})

describe('a registry that is reached at another address', () => {
  const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'
  const local = createUrlPolicy(registryOrigin(host), origin =>
    origin.hostname === host ? new URL('http://127.0.0.1:4566') : undefined,
  )

  test('keeps its name and its paths', () => {
    expect(local.address(new URL(`https://${host}/v2/a?b=c`)).href).toBe('http://127.0.0.1:4566/v2/a?b=c')
    expect(local.address(new URL('https://elsewhere.example/x')).href).toBe('https://elsewhere.example/x')
    expect(local.isLocal).toBe(true)
  })

  test('may redirect to other loopback addresses, by http', () => {
    expect(local.redirect(from, 'http://127.0.0.1:9000/presigned?x=1').href).toBe(
      'http://127.0.0.1:9000/presigned?x=1',
    )
    expect(thrown(() => local.redirect(from, 'http://10.0.0.1/'))).toMatchObject({code: 'REDIRECT_REFUSED'})
  })

  test('is recognised under its name with either scheme, and not at its address', () => {
    expect(local.stay(from, `http://${host}/v2/x`, 'it').href).toBe(`https://${host}/v2/x`)
    expect(local.isRegistry(new URL('http://127.0.0.1:4566/'))).toBe(false)
  })

  test('over a network must be https', () => {
    const error = thrown(() => createUrlPolicy(registryOrigin(host), () => new URL('http://10.0.0.1:4566')))
    expect(error).toBeInstanceOf(UsageError)
    expect(error?.code).toBe('INSECURE_ENDPOINT')
    expect(createUrlPolicy(registryOrigin(host), () => new URL('https://vpce.example/')).isLocal).toBe(false)
  })
})

test('URLs in messages have neither query nor user', () => {
  expect(redacted(new URL('https://user:pw@a.example/b/c?X-Amz-Signature=s#d'))).toBe('https://a.example/b/c')
})

test('loopback is what means this machine and nothing that looks like it', () => {
  for (const name of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '[::ffff:127.0.0.1]']) {
    expect(isLoopback(new URL(`http://${name}`).hostname)).toBe(true)
  }
  for (const name of ['localhost.example', '127.0.0.1.example', 'notlocalhost', '128.0.0.1', '[::2]']) {
    expect(isLoopback(new URL(`http://${name}`).hostname)).toBe(false)
  }
})
