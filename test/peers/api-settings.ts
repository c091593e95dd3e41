import {expect, test} from 'vitest'
import type {ApiClient} from './api-client.ts'
import {repositoryName} from './api-scenario.ts'
import {accounts, region} from './tool-home.ts'

const registryId = accounts.dev

/** Tests of what a registry is told to do by itself, by a client that others wrote. */
export function testApiSettings(open: () => Promise<ApiClient>): void {
  test('decides what is scanned when', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    const filter = {filter: 'team/*', filterType: 'WILDCARD'} as const
    const configuration = {
      scanType: 'BASIC',
      rules: [{scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [filter]}],
    } as const
    await client.call('PutRegistryScanningConfiguration', configuration)
    expect(await client.call('GetRegistryScanningConfiguration', {})).toMatchObject({
      registryId,
      scanningConfiguration: configuration,
    })
    const asked = {repositoryNames: [repositoryName]}
    const {scanningConfigurations} = await client.call('BatchGetRepositoryScanningConfiguration', asked)
    expect(scanningConfigurations).toMatchObject([
      {repositoryName, scanOnPush: true, scanFrequency: 'SCAN_ON_PUSH', appliedScanFilters: [filter]},
    ])
  })

  test('keeps templates for repositories that are made by themselves', async () => {
    const client = await open()
    const template = {
      prefix: 'team',
      description: 'made on push',
      appliedFor: ['CREATE_ON_PUSH', 'REPLICATION'],
      imageTagMutability: 'IMMUTABLE',
    } as const
    await client.call('CreateRepositoryCreationTemplate', template)
    const changed = {prefix: 'team', description: 'changed'}
    await client.call('UpdateRepositoryCreationTemplate', changed)
    expect(await client.call('DescribeRepositoryCreationTemplates', {})).toMatchObject({
      registryId,
      repositoryCreationTemplates: [{...template, ...changed}],
    })
    await client.call('DeleteRepositoryCreationTemplate', {prefix: 'team'})
    expect(await client.refusal('DeleteRepositoryCreationTemplate', {prefix: 'team'})).toContain(
      '(TemplateNotFoundException)',
    )
  })

  test('keeps rules of a pull-through cache', async () => {
    const client = await open()
    const rule = {ecrRepositoryPrefix: 'public', upstreamRegistryUrl: 'public.ecr.aws'}
    await client.call('CreatePullThroughCacheRule', rule)
    expect(await client.refusal('CreatePullThroughCacheRule', rule)).toContain(
      '(PullThroughCacheRuleAlreadyExistsException)',
    )
    const {pullThroughCacheRules} = await client.call('DescribePullThroughCacheRules', {})
    expect(pullThroughCacheRules).toMatchObject([{...rule, registryId}])
    await client.call('DeletePullThroughCacheRule', {ecrRepositoryPrefix: 'public'})
    expect(await client.call('DescribePullThroughCacheRules', {})).toMatchObject({pullThroughCacheRules: []})
  })

  test('keeps settings of the account, of signing and of pull times', async () => {
    const client = await open()
    const name = 'BLOB_MOUNTING'
    await client.call('PutAccountSetting', {name, value: 'ENABLED'})
    expect(await client.call('GetAccountSetting', {name})).toEqual({name, value: 'ENABLED'})

    const signingProfileArn = `arn:aws:signer:${region}:${registryId}:/signing-profiles/release`
    const signingConfiguration = {rules: [{signingProfileArn}]}
    await client.call('PutSigningConfiguration', {signingConfiguration})
    expect(await client.call('GetSigningConfiguration', {})).toMatchObject({signingConfiguration})
    await client.call('DeleteSigningConfiguration', {})
    expect(await client.refusal('GetSigningConfiguration', {})).toContain(
      '(SigningConfigurationNotFoundException)',
    )

    const principalArn = `arn:aws:iam::${registryId}:role/scanner`
    await client.call('RegisterPullTimeUpdateExclusion', {principalArn})
    const excluded = await client.call('ListPullTimeUpdateExclusions', {})
    expect(excluded.pullTimeUpdateExclusions).toEqual([principalArn])
    await client.call('DeregisterPullTimeUpdateExclusion', {principalArn})
  })
}
