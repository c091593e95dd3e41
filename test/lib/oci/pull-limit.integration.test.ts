import {expect, test} from 'vitest'
import {replies} from '../../support/hostile-registry.ts'
import {hostile, open} from './open.ts'
import {rejected} from './thrown.ts'

const text =
  'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit'

test.each([
  ['its text', 'GET', replies.error(429, 'TOOMANYREQUESTS', text)],
  [
    'its headers',
    'HEAD',
    replies.status(429, {'RateLimit-Limit': '100;w=21600', 'RateLimit-Remaining': '0;w=21600'}),
  ],
])('a limit of pulls that is used up, by %s, is said at once and in one line', async (_, method, reply) => {
  const server = await hostile()
  server.always(method, '/v2/app/manifests/', reply)
  const {registry, waits} = open(server.host)
  const app = registry.repository('app')
  const error = await rejected(method === 'GET' ? app.manifests(['v1']) : app.resolve(['v1']))
  expect(error).toMatchObject({code: 'PULL_LIMIT', exitCode: 6})
  expect(error?.message).toMatch(
    / failed: 429.*\. Log in to .* for a higher limit, or run again when it has passed/,
  )
  expect(error?.message).not.toContain('\n')
  expect([waits, server.requests.length]).toEqual([[], 1])
})

test.each([
  ['of requests a minute', replies.error(429, 'TOOMANYREQUESTS', 'Too Many Requests')],
  ['whose window is short', replies.status(429, {'RateLimit-Remaining': '0;w=60'})],
  ['that is not used up', replies.status(429, {'RateLimit-Remaining': '7;w=21600'})],
])('a limit %s is waited for', async (_, reply) => {
  const server = await hostile()
  server.script('HEAD', '/v2/app/manifests/', reply)
  const {registry} = open(server.host)
  expect(await registry.repository('app').resolve(['v1'])).toEqual(new Map())
  expect(registry.traffic.retries).toBe(1)
})
