import {describe, expect, test} from 'vitest'
import type {EcrApi} from '../../../src/lib/ecr/api.ts'
import {putManifest} from '../../../src/lib/ecr/manifests.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {parseManifest} from '../../../src/lib/oci/manifest.ts'
import {dev, ecrClient, openSandbox, putSmallImage, smallImage} from '../sandbox/support.ts'
import {apiAt, fails, json, registry, sessionFor, startStub} from './stub.ts'

const digest: Digest = `sha256:${'a'.repeat(64)}`
const policy =
  '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}'

async function sandboxApi(): Promise<EcrApi> {
  const sandbox = await openSandbox({durations: {lifecyclePreview: 0}})
  await putSmallImage(ecrClient(sandbox, registry.account), 'app', 'v1', 'one')
  await putSmallImage(ecrClient(sandbox, registry.account), 'app', 'v2', 'two')
  return apiAt(sandbox.url, {session: sessionFor(registry.account, registry.account)}).api
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

test('a policy is put, got back and deleted; that there is none is an answer, that there is no repository is not', async () => {
  const {lifecycle} = await sandboxApi()
  expect(await lifecycle.getPolicy('app')).toBeNull()
  expect(await lifecycle.deletePolicy('app')).toBeNull()
  expect(await lifecycle.putPolicy('app', policy)).toBe(policy)
  expect(await lifecycle.getPolicy('app')).toEqual({text: policy})
  expect(await lifecycle.deletePolicy('app')).toBe(policy)
  await expect(lifecycle.getPolicy('nothing')).rejects.toMatchObject({code: 'REPOSITORY_NOT_FOUND'})
  await expect(lifecycle.deletePolicy('nothing')).rejects.toMatchObject({code: 'REPOSITORY_NOT_FOUND'})
})

test('a preview tells what becomes of the images', async () => {
  const {lifecycle} = await sandboxApi()
  await lifecycle.startPreview('app', policy)
  const pages = await allOf(lifecycle.previewPages('app'))
  expect(pages).toEqual([
    {
      status: 'complete',
      policyText: policy,
      actions: [{digest: smallImage('one').digest, action: 'expire', rulePriority: 1}],
    },
  ])
})

describe('a preview with an answer that is not understood is an error', () => {
  const whole = {imageDigest: digest, action: {type: 'EXPIRE'}, appliedRulePriority: 1}
  const answered = (result: object) => ({
    status: 'COMPLETE',
    lifecyclePolicyText: policy,
    previewResults: [result],
  })
  test.each([
    ['no status', {lifecyclePolicyText: policy}, 'had no "status"'],
    ['a new status', {status: 'PAUSED', lifecyclePolicyText: policy}, 'has "PAUSED" as "status"'],
    ['no policy', {status: 'COMPLETE', previewResults: []}, 'had no "lifecyclePolicyText"'],
    ['no results', {status: 'COMPLETE', lifecyclePolicyText: policy}, 'had no "previewResults"'],
    ['no digest', answered({...whole, imageDigest: undefined}), 'had no "imageDigest"'],
    ['a digest that is none', answered({...whole, imageDigest: 'sha256:1'}), 'has "sha256:1" as'],
    ['no rule', answered({...whole, appliedRulePriority: undefined}), 'had no "appliedRulePriority"'],
    ['no action', answered({...whole, action: {}}), 'had no "action.type"'],
    ['no target', answered({...whole, action: {type: 'TRANSITION'}}), 'has "TRANSITION" as "action"'],
    [
      'another storage class',
      answered({...whole, action: {type: 'TRANSITION', targetStorageClass: 'TAPE'}}),
      'has "TRANSITION TAPE" as "action"',
    ],
  ])('%s', async (_what, answer, message) => {
    const {url} = await startStub(response => json(response, answer))
    const asked = allOf(apiAt(url).api.lifecycle.previewPages('app'))
    await expect(asked).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining(`The answer from ECR GetLifecyclePolicyPreview ${message}`),
    })
  })
})

test('an unfinished preview has no results, and is no error', async () => {
  const {url} = await startStub(response =>
    json(response, {status: 'IN_PROGRESS', lifecyclePolicyText: policy}),
  )
  expect(await allOf(apiAt(url).api.lifecycle.previewPages('app'))).toEqual([
    {status: 'in-progress', policyText: policy, actions: []},
  ])
})

test('images are listed with the archived ones, in pages of 1000', async () => {
  const {url, seen} = await startStub((response, {body}) =>
    json(response, {imageDetails: [], ...(body.includes('nextToken') ? {} : {nextToken: 'more'})}),
  )
  expect(await allOf(apiAt(url).api.facts.listImageDetails('app'))).toEqual([[], []])
  expect(seen.map(({body}) => JSON.parse(body) as object)).toEqual([
    {
      registryId: registry.account,
      repositoryName: 'app',
      filter: {imageStatus: 'ANY'},
      maxResults: 1000,
    },
    expect.objectContaining({nextToken: 'more', filter: {imageStatus: 'ANY'}, maxResults: 1000}),
  ])
})

test('pull-time exclusions are those of the own registry; of another nothing is asked', async () => {
  const arn = 'arn:aws:iam::222222222222:role/scanner'
  const {url, seen} = await startStub(response => json(response, {pullTimeUpdateExclusions: [arn]}))
  const own = apiAt(url, {session: sessionFor(registry.account)}).api.registry
  expect(await allOf(own.pullTimeExclusions())).toEqual([[arn]])
  const foreign = apiAt(url, {session: sessionFor(dev)}).api.registry
  expect(await allOf(foreign.pullTimeExclusions())).toEqual([])
  expect(seen).toHaveLength(1)
})

describe('a read-only client that may start previews', () => {
  const {manifest} = smallImage()
  const mutations: readonly [string, (api: EcrApi) => Promise<unknown>][] = [
    ['PutLifecyclePolicy', api => api.lifecycle.putPolicy('app', policy)],
    ['DeleteLifecyclePolicy', api => api.lifecycle.deletePolicy('app')],
    ['PutImage', api => putManifest(api, 'app', parseManifest(Buffer.from(manifest)))],
    ['CreateRepository', api => api.registry.createRepository('app')],
  ]

  test.each(mutations)('refuses %s before anything is sent', async (operation, mutate) => {
    const {url, seen} = await startStub(response => json(response, {}))
    const {api} = apiAt(url, {readOnly: true, allowed: new Set(['StartLifecyclePolicyPreview'])})
    await expect(mutate(api)).rejects.toMatchObject({
      code: 'BUG',
      message: `A read-only run tried ${operation}. It was not sent.`,
    })
    expect(seen).toEqual([])
  })

  test('starts them, each counted as mutating; without leave they are refused', async () => {
    const {url, seen} = await startStub(response => json(response, {status: 'IN_PROGRESS'}))
    const {api, traffic} = apiAt(url, {readOnly: true, allowed: new Set(['StartLifecyclePolicyPreview'])})
    await api.lifecycle.startPreview('app', policy)
    expect(traffic).toMatchObject({requests: 1, mutatingRequests: 1})
    const strict = apiAt(url, {readOnly: true}).api
    await expect(strict.lifecycle.startPreview('app', policy)).rejects.toMatchObject({code: 'BUG'})
    expect(seen).toHaveLength(1)
  })
})

test('that a preview is under way is told at once', async () => {
  const name = 'LifecyclePolicyPreviewInProgressException'
  const {url, seen} = await startStub(fails(name, 'There is already one'))
  await expect(
    apiAt(url, {retryForMs: 10_000}).api.lifecycle.startPreview('app', policy),
  ).rejects.toMatchObject({
    code: 'LIFECYCLE_POLICY_PREVIEW_IN_PROGRESS',
  })
  expect(seen).toHaveLength(1)
})
