import {expect, test} from 'vitest'
import type {EcrApi} from '../../../src/lib/ecr/api.ts'
import {openSandbox} from '../sandbox/support.ts'
import {apiAt, json, registry, sessionFor, startStub} from './stub.ts'

async function allOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

test('a rule is made once, changed, tried and deleted', async () => {
  const sandbox = await openSandbox()
  const {pullThrough} = apiAt(sandbox.url, {session: sessionFor(registry.account, registry.account)}).api
  const rule = {ecrRepositoryPrefix: 'quay', upstreamRegistryUrl: 'quay.io'}
  await pullThrough.createPullThroughCacheRule(rule)
  await expect(pullThrough.createPullThroughCacheRule(rule)).rejects.toMatchObject({
    code: 'PULL_THROUGH_CACHE_RULE_ALREADY_EXISTS',
  })
  const role = `arn:aws:iam::${registry.account}:role/cache`
  await pullThrough.updatePullThroughCacheRule('quay', {customRoleArn: role})
  expect(await allOf(pullThrough.pullThroughCacheRules())).toEqual([
    {prefix: 'quay', upstream: 'quay.io', kind: 'quay', upstreamPrefix: 'ROOT', role},
  ])
  // No registry on this machine stands for Quay.
  expect(await pullThrough.validatePullThroughCacheRule('quay')).toEqual({
    isValid: false,
    failure: expect.stringMatching(/./),
  })
  await pullThrough.deletePullThroughCacheRule('quay')
  await pullThrough.deletePullThroughCacheRule('quay')
  expect(await allOf(pullThrough.pullThroughCacheRules())).toEqual([])
  const missing = {code: 'PULL_THROUGH_CACHE_RULE_NOT_FOUND'}
  await expect(pullThrough.validatePullThroughCacheRule('quay')).rejects.toMatchObject(missing)
  await expect(pullThrough.updatePullThroughCacheRule('quay', {})).rejects.toMatchObject(missing)
})

test('rules are listed in pages of 1000', async () => {
  const {url, seen} = await startStub((response, {body}) =>
    json(response, {pullThroughCacheRules: [], ...(body.includes('more') ? {} : {nextToken: 'more'})}),
  )
  expect(await allOf(apiAt(url).api.pullThrough.pullThroughCacheRules())).toEqual([])
  const asked = {registryId: registry.account, maxResults: 1000}
  expect(seen.map(({body}) => JSON.parse(body) as object)).toEqual([asked, {...asked, nextToken: 'more'}])
})

test('a client that may change nothing tries a rule, and makes none', async () => {
  const {url, seen} = await startStub(response => json(response, {isValid: true}))
  const {pullThrough} = apiAt(url, {readOnly: true}).api
  expect(await pullThrough.validatePullThroughCacheRule('quay')).toEqual({isValid: true, failure: ''})
  await expect(pullThrough.deletePullThroughCacheRule('quay')).rejects.toMatchObject({code: 'BUG'})
  expect(seen).toHaveLength(1)
})

const calls: readonly [string, (api: EcrApi['pullThrough']) => Promise<unknown>, object][] = [
  ['pullThroughCacheRules', api => allOf(api.pullThroughCacheRules()), {}],
  [
    'ecrRepositoryPrefix',
    api => allOf(api.pullThroughCacheRules()),
    {pullThroughCacheRules: [{upstreamRegistryUrl: 'quay.io'}]},
  ],
  [
    'upstreamRegistryUrl',
    api => allOf(api.pullThroughCacheRules()),
    {pullThroughCacheRules: [{ecrRepositoryPrefix: 'quay'}]},
  ],
  ['isValid', api => api.validatePullThroughCacheRule('quay'), {failure: 'none'}],
  [
    'ecrRepositoryPrefix',
    api => api.createPullThroughCacheRule({ecrRepositoryPrefix: 'q', upstreamRegistryUrl: 'quay.io'}),
    {},
  ],
  ['ecrRepositoryPrefix', api => api.updatePullThroughCacheRule('quay', {}), {}],
]

test.each(calls)('an answer without %s is an error (%#)', async (field, call, answer) => {
  const {url} = await startStub(response => json(response, answer))
  await expect(call(apiAt(url).api.pullThrough)).rejects.toMatchObject({
    code: 'MISSING_FIELD',
    message: expect.stringContaining(`had no "${field}"`),
  })
})
