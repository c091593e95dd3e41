import {describe, expect, test} from 'vitest'
import {bearerAuthorizer} from '../../../src/lib/oci/bearer.ts'
import type {Registry} from '../../../src/lib/oci/registry.ts'
import {replies} from '../../support/hostile-registry.ts'
import {all, hostile, open} from './open.ts'

async function repositoriesOf(registry: Registry): Promise<string[]> {
  const repositories = registry.repositories?.()
  if (repositories === undefined) throw new Error('the registry has no list')
  return all(repositories)
}

describe('the list of repositories', () => {
  test('is read page by page', async () => {
    const server = await hostile()
    const next = {Link: '</v2/_catalog?n=1000&last=b>; rel="next"'}
    server.script('GET', '/v2/_catalog?n=1000', replies.status(200, next, '{"repositories":["a","b"]}'))
    server.script('GET', '/v2/_catalog?n=1000&last=b', replies.status(200, {}, '{"repositories":["c/d"]}'))
    const {registry} = open(server.host)
    expect(await repositoriesOf(registry)).toEqual(['a', 'b', 'c/d'])
  })

  test.each([
    [404, '{}', 'NO_CATALOG'],
    [200, '{}', 'BAD_ANSWER'],
    [200, '{"repositories":["../x"]}', 'BAD_ANSWER'],
  ])('is one line when the registry answers %i %s', async (status, body, code) => {
    const server = await hostile()
    server.script('GET', '/v2/_catalog?n=1000', replies.status(status, {}, body))
    const {registry} = open(server.host)
    await expect(repositoriesOf(registry)).rejects.toMatchObject({code})
  })

  test('needs a token for the catalog, which no repository has', async () => {
    const server = await hostile()
    const challenge = `Bearer realm="${server.origin}/token",service="s"`
    server.script(
      'GET',
      '/v2/_catalog?n=1000',
      replies.status(401, {'WWW-Authenticate': challenge}),
      replies.status(200, {}, '{"repositories":[]}'),
    )
    const token = `/token?service=s&scope=${encodeURIComponent('registry:catalog:*')}`
    server.script('GET', token, replies.status(200, {}, '{"token":"abc"}'))
    const {registry} = open(server.host, {authorizer: bearerAuthorizer()})
    expect(await repositoriesOf(registry)).toEqual([])
  })
})
