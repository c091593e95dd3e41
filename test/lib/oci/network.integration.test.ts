import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test, vi} from 'vitest'
import {readNetwork} from '../../../src/lib/oci/network.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {type ConnectProxyOptions, startConnectProxy} from '../../support/connect-proxy.ts'
import type {HostileRegistry} from '../../support/hostile-registry.ts'
import {replies} from '../../support/hostile-registry.ts'
import {
  type PrivateAuthority,
  privateAuthority,
  type ServerIdentity,
  tlsBefore,
} from '../../support/private-authority.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {hostile, open, read, secret} from './open.ts'
import {rejected} from './thrown.ts'

const host = 'registry.example'
const mebibyte = Buffer.alloc(1024 * 1024, 'x')

interface Place {
  readonly server: HostileRegistry
  readonly authority: PrivateAuthority
  readonly leadsTo: (authority: string) => number | undefined
}

/** `registry.example`, with a certificate of a private authority, somewhere that only a proxy knows. */
async function place(identity?: (authority: PrivateAuthority) => ServerIdentity): Promise<Place> {
  const [server, authority] = await Promise.all([hostile(), privateAuthority()])
  const port = await tlsBefore(
    Number(new URL(server.origin).port),
    (identity ?? (({serverOf}) => serverOf(host)))(authority),
  )
  return {server, authority, leadsTo: target => (target === `${host}:443` ? port : undefined)}
}

describe('through a proxy', () => {
  test('blobs go both ways, and it sees nothing of them nor of any credential', async () => {
    const {server, authority, leadsTo} = await place()
    const proxy = await startConnectProxy({leadsTo, login: 'me:p@ss'})
    const {registry} = open(host, {
      network: readNetwork({
        HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: authority.file,
      }),
    })
    const repository = registry.repository('app')
    const blob = server.addBlob(mebibyte)
    expect((await read(await repository.readBlob(blob))).equals(mebibyte)).toBe(true)
    await repository.uploadBlob({...blob}, () => repository.readBlob(blob))
    expect(new Set(proxy.targets)).toEqual(new Set([`${host}:443`]))
    expect(proxy.targets.length).toBeLessThanOrEqual(2)
    expect(server.requests.every(({headers}) => headers['proxy-authorization'] === undefined)).toBe(true)
    expect(server.requests.every(({headers}) => headers.authorization === secret)).toBe(true)
    expect(JSON.stringify(proxy.headers)).not.toContain(secret)
    expect(Buffer.concat(proxy.seen).includes('/v2/')).toBe(false)
    registry.close()
    await expect.poll(() => proxy.open()).toBe(0)
  })

  test('that is spoken to by TLS', async () => {
    const {server, authority, leadsTo} = await place()
    const local = await privateAuthority('localhost')
    const proxy = await startConnectProxy({leadsTo, tls: local.serverOf('localhost'), login: 'me:pass'})
    const {registry} = open(host, {
      network: readNetwork({
        HTTPS_PROXY: `https://me:pass@localhost:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: local.file,
        SSL_CERT_FILE: authority.file,
      }),
    })
    await registry.repository('app').resolve(['v1'])
    expect(server.requests).toHaveLength(1)
    registry.close()
    await expect.poll(() => proxy.open()).toBe(0)
  })

  test('that speaks no TLS where it is asked to: said at once', async () => {
    const proxy = await startConnectProxy()
    const {registry, waits} = open(host, {
      network: readNetwork({HTTPS_PROXY: `https://127.0.0.1:${proxy.port}`}),
    })
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({code: 'PROXY_REFUSED'})
    expect(error?.message).toMatch(/speaks no TLS: write http:\/\/ for https:\/\/ in HTTPS_PROXY\.$/)
    expect(waits).toEqual([])
  })

  test('that is spoken to by TLS and shows a certificate for another name is not used', async () => {
    const {server, authority, leadsTo} = await place()
    const proxy = await startConnectProxy({leadsTo, tls: authority.serverOf('proxy.example')})
    const {registry} = open(host, {
      network: readNetwork({HTTPS_PROXY: `https://127.0.0.1:${proxy.port}`, SSL_CERT_FILE: authority.file}),
    })
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({code: 'CERTIFICATE_NOT_TRUSTED'})
    expect(error?.message).toContain(`the proxy 127.0.0.1:${proxy.port}: `)
    expect([proxy.targets, server.requests]).toEqual([[], []])
  })

  test('a tunnel that is cut is opened anew, and the download goes on where it stopped', async () => {
    const {server, authority, leadsTo} = await place()
    const proxy = await startConnectProxy({leadsTo})
    const blob = server.addBlob(mebibyte)
    server.script('GET', '/v2/app/blobs/', replies.cut(mebibyte, 100_000))
    const {registry} = open(host, {
      network: readNetwork({HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: authority.file}),
    })
    expect((await read(await registry.repository('app').readBlob(blob))).equals(mebibyte)).toBe(true)
    expect(server.requests.at(-1)?.headers.range).toMatch(/^bytes=\d+-$/)
    expect(proxy.targets).toHaveLength(2)
  })

  test('NO_PROXY leaves it out, and so does an address of this machine', async () => {
    const server = await hostile()
    const proxy = await startConnectProxy()
    const env = {HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'nowhere.invalid'}
    const {registry} = open(server.host, {network: readNetwork(env)})
    expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map())
    const direct = open('registry.nowhere.invalid', {network: readNetwork(env)})
    await rejected(direct.registry.repository('app').resolve(['v1']))
    expect(proxy.targets).toEqual([])
  })
})

describe('a proxy that', () => {
  const secretLogin = 'me:pr0xy-pass'
  const asked = async (options: ConnectProxyOptions, login = '') => {
    const proxy = await startConnectProxy(options)
    const url = `http://${login === '' ? '' : `${login}@`}127.0.0.1:${proxy.port}`
    const {registry, waits} = open(host, {
      network: readNetwork({HTTPS_PROXY: url}),
      timeouts: {...defaultTimeouts, connectMs: 50},
    })
    const error = await rejected(registry.repository('app').resolve(['v1']))
    return {proxy, registry, waits, message: error?.message.replaceAll(String(proxy.port), 'PORT'), error}
  }

  test('wants a login that it was not given: said at once, with where to put it', async () => {
    const {registry, error, message} = await asked({login: secretLogin})
    expect(error).toMatchObject({code: 'PROXY_REFUSED', exitCode: 4})
    expect(message).toBe(
      'registry.example: HEAD /v2/app/manifests/v1 failed: the proxy 127.0.0.1:PORT wants a user and a password in HTTPS_PROXY (407).',
    )
    expect(registry.traffic.retries).toBe(0)
  })

  test('does not take the login: said at once, without it', async () => {
    const {registry, message} = await asked({login: 'someone:else'}, secretLogin)
    expect(message).toContain('does not take the user and password in HTTPS_PROXY (407)')
    expect(message).not.toContain('pr0xy-pass')
    expect(registry.traffic.retries).toBe(0)
  })

  test('does not lead there: said at once', async () => {
    const {registry, message} = await asked({})
    expect(message).toContain('the proxy 127.0.0.1:PORT refused to connect (403)')
    expect(registry.traffic.retries).toBe(0)
  })

  test.each([
    ['cannot reach the registry', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'it answered 502'],
    ['hangs', '', 'gave no connection within 0.05 s'],
    ['speaks something else', 'SSH-2.0-server\r\n', 'the proxy 127.0.0.1:PORT: '],
  ])('%s: repeated, then told as what is safe to run again', async (_, answer, told) => {
    const {waits, error, message} = await asked({answers: () => answer})
    expect(error).toMatchObject({code: 'REGISTRY_UNAVAILABLE', exitCode: 6})
    expect(message).toContain(told)
    expect(waits.length).toBeGreaterThan(1)
  })

  test('is not there: repeated, for it may be starting', async () => {
    const {registry, waits} = open(host, {network: readNetwork({HTTPS_PROXY: 'http://127.0.0.1:1'})})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({exitCode: 6})
    expect(error?.message).toContain('the proxy 127.0.0.1:1: connect ECONNREFUSED')
    expect(waits.length).toBeGreaterThan(1)
  })

  test('has a name that nobody knows is named, not the registry', async () => {
    const {registry} = open(host, {network: readNetwork({HTTPS_PROXY: 'http://proxy.invalid:3128'})})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error?.message).toContain('the proxy proxy.invalid:3128: getaddrinfo ')
  })

  test('hangs while a run is ended is let go of at once', async () => {
    const proxy = await startConnectProxy({answers: () => ''})
    const abort = new AbortController()
    const {registry} = open(host, {
      network: readNetwork({HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`}),
      context: {signal: abort.signal},
    })
    const asked = registry.repository('app').resolve(['v1'])
    asked.catch(() => undefined)
    await expect.poll(() => proxy.targets).toHaveLength(1)
    abort.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    registry.close()
    await expect.poll(() => proxy.open()).toBe(0)
  })
})

describe('a certificate', () => {
  async function errorFor(identity: (authority: PrivateAuthority) => ServerIdentity, isKnown = true) {
    const {server, authority, leadsTo} = await place(identity)
    const proxy = await startConnectProxy({leadsTo})
    const {registry} = open(host, {
      network: readNetwork({
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        ...(isKnown ? {SSL_CERT_FILE: authority.file} : {}),
      }),
    })
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({code: 'CERTIFICATE_NOT_TRUSTED', exitCode: 4})
    expect(registry.traffic.retries).toBe(0)
    expect(server.requests).toEqual([])
    expect(error?.message).toMatch(/^registry\.example: HEAD [^\n]*$/)
    expect(error?.message).not.toMatch(/reject|disable|insecure/i)
    return error?.message
  }

  test('of an authority that nobody named: said at once, with the variable that names it', async () => {
    expect(await errorFor(({serverOf}) => serverOf(host), false)).toMatch(
      /unable to verify.*NODE_EXTRA_CA_CERTS.*--use-system-ca/,
    )
  })

  test('is checked, whatever else is said to Node.js', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await errorFor(({serverOf}) => serverOf(host), false)).toMatch(/NODE_EXTRA_CA_CERTS/)
  })

  test('that has expired sends one to the clock', async () => {
    const lifetime = {notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01')}
    expect(await errorFor(({serverOf}) => serverOf(host, lifetime))).toMatch(/expired.*clock/)
  })

  test('for another name says whose it is', async () => {
    expect(await errorFor(({serverOf}) => serverOf('other.example'))).toMatch(
      /not in the cert's altnames: DNS:other\.example.*Check the name of the host/,
    )
  })
})

describe('a file of certificates', () => {
  test.each(['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE', 'SSL_CERT_FILE'])(
    'that %s names and that is not there is refused before anything is sent',
    variable => {
      expect(() => readNetwork({[variable]: '/nowhere/ca.pem'})).toThrow(
        `${variable} names /nowhere/ca.pem, which cannot be read (ENOENT). Nothing was sent.`,
      )
    },
  )

  test.each([
    ['holds none', 'not a certificate'],
    ['is damaged', '-----BEGIN CERTIFICATE-----\nMIIBdamaged\n-----END CERTIFICATE-----\n'],
  ])('that %s is refused', async (_, content) => {
    const file = join(await temporaryFolder(), 'ca.pem')
    await writeFile(file, content)
    expect(() => readNetwork({SSL_CERT_FILE: file})).toThrow(/holds no certificate in PEM/)
  })

  test('adds to what is trusted already, and takes nothing away', async () => {
    const [one, other] = await Promise.all([privateAuthority(), privateAuthority()])
    const {server, leadsTo} = await place(() => one.serverOf(host))
    const proxy = await startConnectProxy({leadsTo})
    const {registry} = open(host, {
      network: readNetwork({
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        AWS_CA_BUNDLE: one.file,
        SSL_CERT_FILE: other.file,
      }),
    })
    expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map())
    expect(server.requests).toHaveLength(1)
  })
})

describe('the authority of one registry', () => {
  async function inFolder(...parts: readonly string[]) {
    const {server, authority, leadsTo} = await place()
    const home = await temporaryFolder()
    const folder = join(home, ...parts)
    await mkdir(folder, {recursive: true})
    await writeFile(join(folder, 'ca.crt'), authority.certificate)
    const proxy = await startConnectProxy({leadsTo})
    return {server, network: readNetwork({HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`}, {home})}
  }

  test.each([
    ['docker', ['.docker', 'certs.d', host]],
    ['podman', ['.config', 'containers', 'certs.d', host]],
  ])('is found where %s keeps it', async (_, parts) => {
    const {server, network} = await inFolder(...parts)
    const {registry} = open(host, {network: network.forRegistry(host)})
    expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map())
    expect(server.requests).toHaveLength(1)
  })

  test('vouches for no other', async () => {
    const {server, network} = await inFolder('.docker', 'certs.d', host)
    for (const other of [
      'registry.example.com',
      `${host}:8443`,
      '..',
      `x/../${host}`,
      `../certs.d/${host}`,
    ]) {
      const {registry} = open(host, {network: network.forRegistry(other)})
      expect(await rejected(registry.repository('app').resolve(['v1']))).toMatchObject({
        code: 'CERTIFICATE_NOT_TRUSTED',
      })
    }
    expect(server.requests).toEqual([])
  })

  test('that is damaged is refused', async () => {
    const home = await temporaryFolder()
    const folder = join(home, '.docker', 'certs.d', `${host}:8443`)
    await mkdir(folder, {recursive: true})
    await writeFile(join(folder, 'ca.crt'), 'nothing')
    const network = readNetwork({}, {home})
    expect(network.forRegistry(host)).toBe(network)
    expect(() => network.forRegistry(`${host}:8443`)).toThrow(
      `the folder for ${host}:8443 names ${join(folder, 'ca.crt')}, which holds no certificate in PEM.`,
    )
  })
})
