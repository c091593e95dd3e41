import {describe, expect, test} from 'vitest'
import type {EcrApi} from '../../../src/lib/ecr/api.ts'
import {openSandbox} from '../sandbox/support.ts'
import {apiAt, json, registry, sessionFor, startStub} from './stub.ts'

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Replicas',
      Effect: 'Allow',
      Principal: {AWS: 'arn:aws:iam::111111111111:root'},
      Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
      Resource: `arn:aws:ecr:eu-west-1:${registry.account}:repository/*`,
    },
  ],
})
const profile = `arn:aws:signer:eu-west-1:${registry.account}:/signing-profiles/release`
const scanner = `arn:aws:iam::${registry.account}:role/scanner`

async function sandboxApi(): Promise<EcrApi> {
  const sandbox = await openSandbox()
  return apiAt(sandbox.url, {session: sessionFor(registry.account, registry.account)}).api
}

async function allOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

test('an account setting is put', async () => {
  const {registry, settings} = await sandboxApi()
  await settings.putAccountSetting('BLOB_MOUNTING', 'DISABLED')
  expect(await registry.accountSetting('BLOB_MOUNTING')).toBe('DISABLED')
})

test("the registry's policy is put, and deleted; that there is none to delete is no error", async () => {
  const {registry, settings} = await sandboxApi()
  expect(JSON.parse(await settings.putRegistryPolicy(policy))).toEqual(JSON.parse(policy))
  expect(JSON.parse((await registry.policy()) ?? '')).toEqual(JSON.parse(policy))
  await settings.deleteRegistryPolicy()
  expect(await registry.policy()).toBeNull()
  await settings.deleteRegistryPolicy()
})

test('how the registry scans is replaced as a whole', async () => {
  const {settings} = await sandboxApi()
  expect(await settings.scanningConfiguration()).toEqual({scanType: 'BASIC', rules: []})
  const configuration = {
    scanType: 'ENHANCED' as const,
    rules: [
      {
        scanFrequency: 'CONTINUOUS_SCAN' as const,
        repositoryFilters: [{filter: 'prod/*', filterType: 'WILDCARD' as const}],
      },
    ],
  }
  await settings.putScanningConfiguration(configuration)
  expect(await settings.scanningConfiguration()).toEqual(configuration)
})

test('replication rules are replaced as a whole, and none end it', async () => {
  const {registry, settings} = await sandboxApi()
  const rules = [
    {
      destinations: [{region: 'us-east-1', registryId: '222222222222'}],
      repositoryFilters: [{filter: 'prod/', filterType: 'PREFIX_MATCH' as const}],
    },
  ]
  await settings.putReplicationConfiguration(rules)
  expect(await registry.replicationRules()).toEqual(rules)
  await settings.putReplicationConfiguration([])
  expect(await registry.replicationRules()).toEqual([])
})

test('signing is configured, by pattern or for all, and ends; that there is no configuration is an answer', async () => {
  const {settings} = await sandboxApi()
  expect(await settings.signingConfiguration()).toBeNull()
  const rules = [
    {
      signingProfileArn: profile,
      repositoryFilters: [{filter: 'prod/*', filterType: 'WILDCARD_MATCH' as const}],
    },
    {signingProfileArn: `${profile}All`},
  ]
  await settings.putSigningConfiguration(rules)
  expect(await settings.signingConfiguration()).toEqual(rules)
  await settings.deleteSigningConfiguration()
  expect(await settings.signingConfiguration()).toBeNull()
  await settings.deleteSigningConfiguration()
})

test('a pull-time exclusion is registered and deregistered, each as often as it is asked for', async () => {
  const {registry, settings} = await sandboxApi()
  await settings.registerPullTimeExclusion(scanner)
  await settings.registerPullTimeExclusion(scanner)
  expect(await allOf(registry.pullTimeExclusions())).toEqual([scanner])
  await settings.deregisterPullTimeExclusion(scanner)
  await settings.deregisterPullTimeExclusion(scanner)
  expect(await allOf(registry.pullTimeExclusions())).toEqual([])
})

test('a creation template is made once, changed, and deleted', async () => {
  const {registry, templates} = await sandboxApi()
  const template = {prefix: 'team', appliedFor: ['CREATE_ON_PUSH' as const], description: 'for pushes'}
  await templates.createCreationTemplate(template)
  await expect(templates.createCreationTemplate(template)).rejects.toMatchObject({
    code: 'TEMPLATE_ALREADY_EXISTS',
  })
  await templates.updateCreationTemplate({prefix: 'team', imageTagMutability: 'IMMUTABLE'})
  expect(await allOf(registry.creationTemplates())).toMatchObject([
    {...template, imageTagMutability: 'IMMUTABLE'},
  ])
  await templates.deleteCreationTemplate('team')
  await templates.deleteCreationTemplate('team')
  expect(await allOf(registry.creationTemplates())).toEqual([])
  await expect(templates.updateCreationTemplate({prefix: 'team'})).rejects.toMatchObject({
    code: 'TEMPLATE_NOT_FOUND',
  })
})

test('templates are listed in pages of 1000', async () => {
  const {url, seen} = await startStub((response, {body}) =>
    json(response, {repositoryCreationTemplates: [], ...(body.includes('more') ? {} : {nextToken: 'more'})}),
  )
  const {api} = apiAt(url, {session: sessionFor(registry.account)})
  expect(await allOf(api.registry.creationTemplates())).toEqual([])
  expect(seen.map(({body}) => JSON.parse(body) as object)).toEqual([
    {maxResults: 1000},
    {maxResults: 1000, nextToken: 'more'},
  ])
})

describe('an answer without what it must have is an error', () => {
  const calls: readonly [string, (api: EcrApi) => Promise<unknown>, object, string][] = [
    ['PutRegistryPolicy', ({settings}) => settings.putRegistryPolicy(policy), {}, 'had no "policyText"'],
    [
      'GetRegistryScanningConfiguration',
      ({settings}) => settings.scanningConfiguration(),
      {scanningConfiguration: {rules: []}},
      'had no "scanningConfiguration.scanType"',
    ],
    [
      'GetRegistryScanningConfiguration',
      ({settings}) => settings.scanningConfiguration(),
      {scanningConfiguration: {scanType: 'BASIC'}},
      'had no "scanningConfiguration.rules"',
    ],
    [
      'PutRegistryScanningConfiguration',
      ({settings}) => settings.putScanningConfiguration({scanType: 'BASIC', rules: []}),
      {},
      'had no "registryScanningConfiguration"',
    ],
    [
      'PutReplicationConfiguration',
      ({settings}) => settings.putReplicationConfiguration([]),
      {},
      'had no "replicationConfiguration"',
    ],
    [
      'GetSigningConfiguration',
      ({settings}) => settings.signingConfiguration(),
      {},
      'had no "signingConfiguration.rules"',
    ],
    [
      'PutSigningConfiguration',
      ({settings}) => settings.putSigningConfiguration([]),
      {},
      'had no "signingConfiguration"',
    ],
    [
      'CreateRepositoryCreationTemplate',
      ({templates}) => templates.createCreationTemplate({prefix: 'team', appliedFor: ['REPLICATION']}),
      {},
      'had no "repositoryCreationTemplate"',
    ],
    [
      'UpdateRepositoryCreationTemplate',
      ({templates}) => templates.updateCreationTemplate({prefix: 'team'}),
      {},
      'had no "repositoryCreationTemplate"',
    ],
  ]
  test.each(calls)('%s %#', async (operation, call, answer, message) => {
    const {url} = await startStub(response => json(response, answer))
    const {api} = apiAt(url, {session: sessionFor(registry.account)})
    await expect(call(api)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining(`The answer from ECR ${operation} ${message}`),
    })
  })
})

describe("what names no registry is never asked for another account's: it would be about the caller's own", () => {
  const calls: readonly [string, (api: EcrApi) => Promise<unknown>][] = [
    ['GetRegistryPolicy', ({registry}) => registry.policy()],
    ['PutAccountSetting', ({settings}) => settings.putAccountSetting('BLOB_MOUNTING', 'ENABLED')],
    ['PutRegistryPolicy', ({settings}) => settings.putRegistryPolicy(policy)],
    ['DeleteRegistryPolicy', ({settings}) => settings.deleteRegistryPolicy()],
    ['GetRegistryScanningConfiguration', ({settings}) => settings.scanningConfiguration()],
    [
      'PutRegistryScanningConfiguration',
      ({settings}) => settings.putScanningConfiguration({scanType: 'BASIC', rules: []}),
    ],
    ['PutReplicationConfiguration', ({settings}) => settings.putReplicationConfiguration([])],
    ['GetSigningConfiguration', ({settings}) => settings.signingConfiguration()],
    ['PutSigningConfiguration', ({settings}) => settings.putSigningConfiguration([])],
    ['DeleteSigningConfiguration', ({settings}) => settings.deleteSigningConfiguration()],
    ['RegisterPullTimeUpdateExclusion', ({settings}) => settings.registerPullTimeExclusion(scanner)],
    ['DeregisterPullTimeUpdateExclusion', ({settings}) => settings.deregisterPullTimeExclusion(scanner)],
    [
      'CreateRepositoryCreationTemplate',
      ({templates}) => templates.createCreationTemplate({prefix: 'a', appliedFor: ['REPLICATION']}),
    ],
    ['UpdateRepositoryCreationTemplate', ({templates}) => templates.updateCreationTemplate({prefix: 'a'})],
    ['DeleteRepositoryCreationTemplate', ({templates}) => templates.deleteCreationTemplate('a')],
  ]
  test.each(calls)('%s', async (operation, call) => {
    const {url, seen} = await startStub(response => json(response, {}))
    const {api} = apiAt(url, {session: sessionFor('111111111111')})
    await expect(call(api)).rejects.toThrow(
      `ECR ${operation} is about the registry of whoever asks, not of another account`,
    )
    expect(seen).toEqual([])
  })
})
