import {describe, expect, test} from 'vitest'
import {DeniedError} from '../../../src/lib/errors.ts'
import {basicAuthorizer} from '../../../src/lib/oci/auth.ts'
import {bearerAuthorizer} from '../../../src/lib/oci/bearer.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type HostileRegistry, type Reply, replies, requestsWith} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const login = {username: 'user', password: 'planted-password'}
const basic = `Basic ${Buffer.from('user:planted-password').toString('base64')}`
const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: []}

describe('Basic credentials', () => {
  /** Hands out `Basic 1`, and after it was invalidated `Basic 2`, and so on. */
  function counting() {
    const count = {value: 1}
    const authorizer = basicAuthorizer(
      async () => `Basic ${count.value}`,
      () => count.value++,
    )
    return {count, authorizer}
  }

  test.each([
    ['a 401', replies.error(401, 'UNAUTHORIZED')],
    [
      'ECR’s 403',
      replies.error(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.'),
    ],
    ['ECR’s 403 as plain text', replies.status(403, {}, 'Your Authorization Token has expired.')],
  ])('%s renews them once and repeats the request', async (_, reply) => {
    const server = await hostile()
    server.script('GET', '/', reply)
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    const {count, authorizer} = counting()
    const {registry, waits} = open(server.host, {authorizer})
    expect((await registry.repository('app').manifests(['v1'])).size).toBe(1)
    expect(server.requests.map(({headers}) => headers.authorization)).toEqual(['Basic 1', 'Basic 2'])
    expect([count.value, waits, registry.traffic.retries]).toEqual([2, [], 1])
  })

  test('many requests that are refused together renew them once', async () => {
    const server = await hostile()
    const isOld: Reply = ({headers}, response) => {
      response.writeHead(headers.authorization === 'Basic 1' ? 401 : 404).end()
    }
    server.always('GET', '/', isOld)
    const {count, authorizer} = counting()
    const {registry} = open(server.host, {authorizer})
    await registry.repository('app').manifests(['a', 'b', 'c', 'd'])
    expect(count.value).toBe(2)
  })

  test('a 401 for ever is an error after one repetition', async () => {
    const server = await hostile()
    server.always('GET', '/', replies.error(401, 'UNAUTHORIZED', 'no'))
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error).toMatchObject({code: 'UNAUTHORIZED', exitCode: 5})
    expect(server.requests).toHaveLength(2)
  })

  test('another 403 is an error at once, with the registry’s words', async () => {
    const server = await hostile()
    server.always(
      'GET',
      '/',
      replies.error(403, 'DENIED', 'User x is not authorized to perform: ecr:BatchGetImage'),
    )
    const error = await rejected(open(server.host).registry.repository('app').manifests(['v1']))
    expect(error).toMatchObject({code: 'DENIED', exitCode: 5})
    expect(error?.message).toContain('403 DENIED: User x is not authorized to perform: ecr:BatchGetImage')
    expect(server.requests).toHaveLength(1)
  })

  test('a realm is not read, so it leads nowhere', async () => {
    const [server, other] = [await hostile(), await hostile()]
    server.always(
      'GET',
      '/',
      replies.status(401, {'WWW-Authenticate': `Bearer realm="${other.origin}/token"`}),
    )
    const {authorizer} = counting()
    expect(
      await rejected(open(server.host, {authorizer}).registry.repository('app').manifests(['v1'])),
    ).toBeInstanceOf(DeniedError)
    expect(other.requests).toEqual([])
  })
})

describe('the token flow', () => {
  /** A registry that wants a token of `realm`, for service `r`. */
  async function guarded(realm: (server: HostileRegistry) => string): Promise<HostileRegistry> {
    const server = await hostile()
    server.addManifest(index, mediaTypes.ociIndex, 'v1')
    const guard =
      (inner: Reply): Reply =>
      (request, response) => {
        if (request.headers.authorization?.startsWith('Bearer ')) inner(request, response)
        else
          response.writeHead(401, {'WWW-Authenticate': `Bearer realm="${realm(server)}",service="r"`}).end()
      }
    server.always('HEAD', '/v2/', guard(replies.status(404)))
    server.always('PUT', '/v2/', guard(replies.status(201)))
    return server
  }
  const own = (server: HostileRegistry) => `${server.origin}/token`
  const token = replies.status(200, {}, JSON.stringify({token: 'abc.def', expires_in: 60}))

  test('a token is had for the repository and action, and kept', async () => {
    const server = await guarded(own)
    server.always('GET', '/token', token)
    const app = open(server.host, {authorizer: bearerAuthorizer(async () => login)}).registry.repository(
      'team/app',
    )
    await app.resolve(['v1'])
    await app.resolve(['v2'])
    expect(server.log()).toEqual([
      'HEAD /v2/team/app/manifests/v1',
      'GET /token',
      'HEAD /v2/team/app/manifests/v1',
      'HEAD /v2/team/app/manifests/v2',
    ])
    expect(server.requests[1]?.url).toBe('/token?service=r&scope=repository%3Ateam%2Fapp%3Apull')
    expect(server.requests.map(({headers}) => headers.authorization)).toEqual([
      undefined,
      basic,
      'Bearer abc.def',
      'Bearer abc.def',
    ])
  })

  test('anonymously, the token service is asked without credentials', async () => {
    const server = await guarded(own)
    server.always('GET', '/token', replies.status(200, {}, '{"access_token":"anon"}'))
    await open(server.host, {authorizer: bearerAuthorizer()}).registry.repository('app').resolve(['v1'])
    expect(server.requests.map(({headers}) => headers.authorization)).toEqual([
      undefined,
      undefined,
      'Bearer anon',
    ])
  })

  test('a token is renewed shortly before it ends', async () => {
    const server = await guarded(own)
    server.always('GET', '/token', token)
    let now = 0
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => login),
      context: {now: () => now},
    })
    const app = registry.repository('app')
    for (const seconds of [0, 40, 55]) {
      now = seconds * 1000
      await app.resolve(['v1'])
    }
    expect(server.log().filter(line => line === 'GET /token')).toHaveLength(2)
  })

  test('a token that the registry refuses at once is not asked for without end', async () => {
    const server = await hostile()
    server.always(
      'HEAD',
      '/',
      replies.status(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token"`}),
    )
    server.always('GET', '/token', token)
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    expect((await rejected(registry.repository('app').resolve(['v1'])))?.exitCode).toBe(5)
    expect(server.requests).toHaveLength(3)
  })

  test.each([
    'http://169.254.169.254/token',
    'https://169.254.169.254/token',
    'https://0.0.0.0:1/token',
    'https://[fd00:ec2::254]/',
    'http://tokens.example/',
    'https://tokens.example/',
    'https://127.0.0.1.evil.example/',
    'file:///etc/passwd',
    'token',
  ])('the realm %s: refused', async realm => {
    const server = await guarded(() => realm)
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error).toMatchObject({code: 'REALM_REFUSED', exitCode: 7})
    expect(error?.message).toContain('Realm not allowed')
    expect(registry.traffic.requests).toBe(1)
  })

  test('a realm under another name: no credentials, no request', async () => {
    const other = await hostile()
    const server = await guarded(() => `${other.origin.replace('127.0.0.1', 'localhost')}/token`)
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    expect((await rejected(registry.repository('app').resolve(['v1'])))?.message).toContain('another host')
    expect(other.requests).toEqual([])
  })

  test('a redirect of the token service is not followed', async () => {
    const other = await hostile()
    const server = await guarded(own)
    server.always('GET', '/token', replies.redirect(`${other.origin}/token`))
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    expect((await rejected(registry.repository('app').resolve(['v1'])))?.message).toContain(
      'gave no token for app: 307',
    )
    expect(requestsWith(basic, [other])).toEqual([])
    expect(other.requests).toEqual([])
  })

  test.each([
    ['wrong credentials', replies.status(401), 'Check the user name and password'],
    ['no JSON', replies.status(200, {}, '<html>'), 'without a usable token'],
    ['no token', replies.status(200, {}, '{}'), 'without a usable token'],
    [
      'a token that would be another header',
      replies.status(200, {}, '{"token":"a\\r\\nX: y"}'),
      'without a usable token',
    ],
    ['a token without end', replies.endless(), 'larger than 64 KiB'],
  ])('%s: one line', async (_, reply, problem) => {
    const server = await guarded(own)
    server.always('GET', '/token', reply)
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error?.message).toContain(problem)
    expect(error?.message).not.toMatch(/\n|planted/)
  })

  test('a token service that is busy is asked again', async () => {
    const server = await guarded(own)
    server.script('GET', '/token', replies.status(429), replies.reset())
    server.always('GET', '/token', token)
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    await registry.repository('app').resolve(['v1'])
    expect(registry.traffic.retries).toBe(2)
  })

  test('a registry that asks for Basic gets Basic; without credentials it is an error', async () => {
    const server = await hostile()
    server.always('HEAD', '/', ({headers}, response) => {
      response
        .writeHead(headers.authorization === basic ? 404 : 401, {'WWW-Authenticate': 'Basic realm="x"'})
        .end()
    })
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map())
    const anonymous = open(server.host, {authorizer: bearerAuthorizer()}).registry
    expect(await rejected(anonymous.repository('app').resolve(['v1']))).toBeInstanceOf(DeniedError)
    expect(server.requests).toHaveLength(3)
  })

  test('a challenge without a realm, or none: one line', async () => {
    const server = await hostile()
    server.script('HEAD', '/', replies.status(401, {'WWW-Authenticate': 'Bearer'}), replies.status(401))
    const app = open(server.host, {authorizer: bearerAuthorizer(async () => login)}).registry.repository(
      'app',
    )
    for (const tag of ['v1', 'v2']) expect((await rejected(app.resolve([tag])))?.code).toBe('NO_CHALLENGE')
  })

  test('pushing asks for its own scope, a mount for the other repository too', async () => {
    const server = await guarded(own)
    server.always('GET', '/token', token)
    server.script('POST', '/', (_, response) => {
      response.writeHead(401, {'WWW-Authenticate': `Bearer realm="${own(server)}"`}).end()
    })
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
    const digest = server.addBlob('x').digest
    await registry.repository('app').mountBlob({mediaType: 'x', digest, size: 1}, 'dev/app')
    const {searchParams} = new URL(server.requests[1]?.url ?? '', server.origin)
    expect(searchParams.getAll('scope')).toEqual(['repository:app:pull,push', 'repository:dev/app:pull'])
  })
})
