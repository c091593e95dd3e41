import {describe, expect, test} from 'vitest'
import type {Credential} from '../../../src/lib/oci/auth.ts'
import {bearerAuthorizer} from '../../../src/lib/oci/bearer.ts'
import {
  type HostileRegistry,
  type Recorded,
  type Reply,
  replies,
  requestsWith,
} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const login = {username: 'user', password: 'planted-password'}

/** A registry that takes any token of its own token service, which makes `token-1`, `token-2` and so on. */
async function guarded(answer: (count: number) => object = () => ({expires_in: 300}), scope = '') {
  const server = await hostile()
  let count = 0
  const give: Reply = (_, response) => {
    count++
    response.end(JSON.stringify({token: `token-${count}`, ...answer(count)}))
  }
  for (const method of ['GET', 'POST']) server.always(method, '/token', give)
  const guard: Reply = ({headers}, response) => {
    if (headers.authorization?.startsWith('Bearer ')) response.writeHead(404).end()
    else
      response
        .writeHead(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token",service="r"${scope}`})
        .end()
  }
  for (const method of ['HEAD', 'GET']) server.always(method, '/v2/', guard)
  return server
}

const tokenRequests = (server: HostileRegistry) => server.requests.filter(({url}) => url.startsWith('/token'))
const scopesOf = ({url, body}: Recorded) => [
  ...new URL(url, 'http://r').searchParams.getAll('scope'),
  ...new URLSearchParams(body.toString()).getAll('scope'),
]

describe('an identity token', () => {
  const identity = {identityToken: 'planted-refresh'}

  test('is exchanged by OAuth2 for each scope, and changes nothing', async () => {
    const server = await guarded()
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => identity)})
    await registry.repository('app').resolve(['v1'])
    const [request] = tokenRequests(server)
    expect(request).toMatchObject({method: 'POST', url: '/token'})
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'gantry',
      service: 'r',
      scope: 'repository:app:pull',
      refresh_token: 'planted-refresh',
    })
    expect(registry.traffic.mutatingRequests).toBe(0)
    // The registry itself never sees it.
    expect(requestsWith('planted-refresh', [server])).toEqual(tokenRequests(server))
  })

  test('names the scopes of a mount as one text', async () => {
    const server = await guarded()
    server.script('POST', '/v2/', (_, response) => {
      response.writeHead(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token"`}).end()
    })
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => identity)})
    const {digest, size} = server.addBlob('x')
    await registry.repository('app').mountBlob({mediaType: 'x', digest, size}, 'dev/app')
    expect(tokenRequests(server).map(scopesOf)).toEqual([
      ['repository:app:pull,push repository:dev/app:pull'],
    ])
  })

  test('is not shown to a realm elsewhere', async () => {
    const [server, other] = [await hostile(), await hostile()]
    server.always(
      'HEAD',
      '/',
      replies.status(401, {'WWW-Authenticate': `Bearer realm="${other.origin}/token"`}),
    )
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => identity)})
    expect(await rejected(registry.repository('app').resolve(['v1']))).toMatchObject({
      code: 'REALM_REFUSED',
    })
    expect(other.requests).toEqual([])
  })

  test('is of no use where Basic is asked for: one line, and it is sent nowhere', async () => {
    const server = await hostile()
    server.always('HEAD', '/', replies.status(401, {'WWW-Authenticate': 'Basic realm="x"'}))
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => identity)})
    expect(await rejected(registry.repository('app').resolve(['v1']))).toMatchObject({exitCode: 5})
    expect(requestsWith('planted-refresh', [server])).toEqual([])
  })

  test('that is over: one line that says to log in again', async () => {
    const server = await guarded()
    server.early('POST', '/token', replies.status(401))
    const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => identity)})
    const error = await rejected(registry.repository('app').resolve(['v1']))
    expect(error?.message).toMatch(/gave no token for app: 401\. Log in to it again\.$/)
  })
})

test('a realm elsewhere that the user vouches for gets the login', async () => {
  const [server, tokens] = [await hostile(), await guarded()]
  server.script(
    'HEAD',
    '/',
    replies.status(401, {'WWW-Authenticate': `Bearer realm="${tokens.origin}/token"`}),
  )
  const vouched = {...login, tokenHosts: [tokens.host]}
  const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => vouched)})
  await registry.repository('app').resolve(['v1'])
  expect(tokenRequests(tokens)).toHaveLength(1)
  expect(requestsWith('token-1', [server])).toHaveLength(1)
})

describe('a registry token', () => {
  test('is sent to the registry as it is', async () => {
    const server = await guarded()
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => ({registryToken: 'planted.token'})),
    })
    await registry.repository('app').resolve(['v1'])
    expect(server.requests.map(({headers}) => headers.authorization)).toEqual([
      undefined,
      'Bearer planted.token',
    ])
  })

  test('that is refused is not sent again', async () => {
    const server = await hostile()
    server.always(
      'HEAD',
      '/',
      replies.status(401, {'WWW-Authenticate': `Bearer realm="${server.origin}/token"`}),
    )
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => ({registryToken: 'planted.token'})),
    })
    expect(await rejected(registry.repository('app').resolve(['v1']))).toMatchObject({exitCode: 5})
    expect(server.requests).toHaveLength(2)
  })
})

test('each repository is asked for with its own login, looked for once', async () => {
  const server = await guarded()
  const asked: string[] = []
  const find = async (repository: string): Promise<Credential> => {
    asked.push(repository)
    return {username: repository, password: 'p'}
  }
  const {registry} = open(server.host, {authorizer: bearerAuthorizer(find)})
  for (const name of ['a', 'b/c', 'a']) await registry.repository(name).resolve(['v1'])
  expect(asked).toEqual(['a', 'b/c'])
  const users = tokenRequests(server).map(({headers}) =>
    Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString(),
  )
  expect(users).toEqual(['a:p', 'b/c:p'])
})

describe('the time of a token', () => {
  const minutes = async (answer: (count: number) => object) => {
    const server = await guarded(answer)
    let now = Date.parse('2026-01-01T00:00:00Z')
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => login),
      context: {now: () => now},
    })
    for (let minute = 0; minute < 6; minute++) {
      await registry.repository('app').resolve([`v${minute}`])
      now += 60_000
    }
    return tokenRequests(server).length
  }

  test('is what the service says, without which it is a minute', async () => {
    expect(await minutes(() => ({expires_in: 3600}))).toBe(1)
    expect(await minutes(() => ({expires_in: 150}))).toBe(2)
    expect(await minutes(() => ({}))).toBe(6)
  })

  test('counts from when it was issued by the service’s own clock, whatever ours says', async () => {
    const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
    expect(await minutes(() => ({expires_in: 3600, issued_at: ago(0)}))).toBe(1)
    expect(await minutes(() => ({expires_in: 3600, issued_at: ago(3_450_000)}))).toBe(2)
    expect(await minutes(() => ({expires_in: 3600, issued_at: 'yesterday'}))).toBe(1)
    expect(await minutes(() => ({expires_in: 3600, issued_at: ago(-3_600_000)}))).toBe(1)
  })
})

describe('what is to be written', () => {
  test('is looked at with the token that it is written with', async () => {
    const server = await guarded()
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => login, new Set(['app'])),
    })
    await registry.repository('app').resolve(['v1'])
    await registry.repository('other').resolve(['v1'])
    expect(tokenRequests(server).map(scopesOf)).toEqual([
      ['repository:app:pull,push'],
      ['repository:other:pull'],
    ])
  })

  test('is looked at without, by whoever may only read', async () => {
    const server = await guarded()
    server.early('GET', '/token?service=r&scope=repository%3Aapp%3Apull%2Cpush', replies.status(403))
    const {registry} = open(server.host, {
      authorizer: bearerAuthorizer(async () => login, new Set(['app'])),
    })
    const app = registry.repository('app')
    expect(await app.resolve(['v1'])).toEqual(new Map())
    expect(await app.resolve(['v2'])).toEqual(new Map())
    expect(tokenRequests(server).map(scopesOf)).toEqual([
      ['repository:app:pull,push'],
      ['repository:app:pull'],
    ])
  })
})

test.each([
  [',scope="repository:app:metadata_read"', 'repository:app:pull,metadata_read'],
  [',scope="repository:other:metadata_read"', 'repository:app:pull'],
  [',scope="repository:app:pull,delete,*"', 'repository:app:pull'],
])('of a challenge with %s the token is for %s', async (scope, asked) => {
  const server = await guarded(undefined, scope)
  const {registry} = open(server.host, {authorizer: bearerAuthorizer(async () => login)})
  await registry.repository('app').resolve(['v1'])
  expect(tokenRequests(server).map(scopesOf)).toEqual([[asked]])
})
