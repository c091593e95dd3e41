import {
  CreateRepositoryCommand,
  PutRegistryScanningConfigurationCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {emptyEstate} from '../../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {devId, openReposWorld, prodId, type ReposSandbox} from '../../../support/repos-world.ts'
import {planRepos} from '../plan-support.ts'
import {exportRepos, nothing, saidBy} from '../round-trip.ts'
import {afterAccounts} from './support.ts'

/** Four repositories of two teams at `dev@eu-west-1`, one of them at `prod@us-east-1`, too. */
async function openTeams(): Promise<ReposSandbox> {
  const world = await openReposWorld()
  const make = async (account: string, region: string, names: readonly string[]) => {
    for (const name of names) {
      const tags = [{Key: 'team', Value: name.split('/')[0] ?? ''}]
      const made = {repositoryName: name, tags, imageTagMutability: 'IMMUTABLE' as const}
      await world.ecr(account, region).send(new CreateRepositoryCommand(made))
    }
  }
  await make(devId, 'eu-west-1', ['payments/api', 'payments/web', 'tools/cli', 'tools/ci'])
  await make(prodId, 'us-east-1', ['payments/api'])
  world.clearRequests()
  return world
}

describe('what is exported', () => {
  test('is everything, and nothing is changed', async () => {
    const world = await openTeams()
    const run = await exportRepos(world, world.estateOf())
    expect(run).toMatchObject({registries: 3, repositories: 5, warnings: []})
    expect(parseEstate(run.text, 'repos.yaml').repositories.size).toBe(4)
    expect(world.mutations()).toEqual([])
  })

  test('is what words mean, of which nothing is said to others', async () => {
    const world = await openTeams()
    const {text} = await exportRepos(world, world.estateOf(), {words: ['payments/**']})
    expect(text).not.toMatch(/^(?:registries|defaults|match):/m)
    const estate = parseEstate(text, 'repos.yaml')
    expect([...estate.repositories.keys()]).toEqual(['payments/api', 'payments/web'])
    const {plan} = await planRepos(world, estate)
    expect(saidBy(plan)).toMatchObject({changes: [], foreign: [], unlisted: [['tools/ci', 'tools/cli']]})
  })

  test('is said of a registry as a whole where all its repositories are meant', async () => {
    const world = await openTeams()
    const {text} = await exportRepos(world, world.estateOf(), {words: ['dev/**']})
    expect(text).toMatch(/^registries:\n {2}dev:$/m)
    expect(text).toMatch(/^defaults:$/m)
    expect(text).not.toContain('prod')
  })

  test('is that of some accounts, in a file of those alone', async () => {
    const world = await openTeams()
    const {text} = await exportRepos(world, world.estateOf(), {accounts: ['prod@us-east-1']})
    expect(text).toContain(`accounts:\n  prod:\n    id: "${prodId}"\n    region: us-east-1\n\n`)
    const {plan} = await planRepos(world, parseEstate(text, 'repos.yaml'))
    expect(saidBy(plan)).toEqual(nothing)
    expect(plan.compared).toMatchObject({registries: 1, repositories: 1})
  })

  test('is some keys of it', async () => {
    const world = await openTeams()
    const {text} = await exportRepos(world, world.estateOf(), {only: ['tags'], accounts: ['dev']})
    expect(afterAccounts(text)).toBe(`defaults:
  in: [dev]

repositories:
  payments/api:
    tags:
      team: payments
  payments/web:
    tags:
      team: payments
  tools/ci:
    tags:
      team: tools
  tools/cli:
    tags:
      team: tools
`)
    expect(new Set(world.operations())).toEqual(
      new Set(['GetCallerIdentity', 'DescribeRepositories', 'ListTagsForResource']),
    )
  })

  test('is nothing that is called otherwise', async () => {
    const world = await openTeams()
    await expect(exportRepos(world, world.estateOf(), {only: ['lifecycles']})).rejects.toMatchObject({
      code: 'UNKNOWN_KEY',
      message: '--only: "lifecycles" is nothing that is exported. Did you mean lifecycle?',
    })
    expect(world.operations()).toEqual([])
  })
})

describe('what cannot be read', () => {
  test('stops it, with what to allow and how to leave it out', async () => {
    const world = await openTeams()
    const statement = {Effect: 'Allow', NotAction: 'ecr:GetLifecyclePolicy', Resource: '*'}
    const policy = {Version: '2012-10-17', Statement: [statement]}
    await world.sandbox.seed({accounts: [{id: devId, user: {policy}}]})
    await expect(exportRepos(world, world.estateOf())).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      exitCode: 5,
      hints: [expect.stringContaining('ecr:GetLifecyclePolicy'), expect.stringContaining('--only')],
    })
    const {text} = await exportRepos(world, world.estateOf(), {only: ['tags', 'policy']})
    expect(text).toContain('tags:')
  })

  test('is not asked for: an account that another one asks for has repositories alone', async () => {
    const world = await openTeams()
    const statement = {Sid: 'Dev', Effect: 'Allow', Principal: {AWS: devId}, Action: 'ecr:*'}
    await world.ecr(prodId, 'us-east-1').send(
      new SetRepositoryPolicyCommand({
        repositoryName: 'payments/api',
        policyText: JSON.stringify({Version: '2012-10-17', Statement: [statement]}),
      }),
    )
    const via = `version: 1
accounts:
  dev: {id: "${devId}", region: eu-west-1}
  shared: {id: "${prodId}", region: us-east-1, via: dev}
`
    const estate = parseEstate(via, 'repos.yaml')
    const run = await exportRepos(world, estate, {words: ['shared/payments/api', 'dev/**']})
    expect(run.text).toContain(`  shared:\n    id: "${prodId}"\n    region: us-east-1\n    via: dev\n`)
    expect(run.text).not.toMatch(/^ {2}shared(?:@us-east-1)?:\n {4}(?:settings|scanning)/m)
    const {plan} = await planRepos(world, parseEstate(run.text, 'repos.yaml'), {
      words: ['shared/payments/api', 'dev/**'],
    })
    expect(saidBy(plan)).toEqual(nothing)
  })
})

test('without a repos.yaml the file has one account', async () => {
  const world = await openReposWorld()
  const rules = [
    {
      scanFrequency: 'SCAN_ON_PUSH' as const,
      repositoryFilters: [{filter: 'prod/*', filterType: 'WILDCARD' as const}],
    },
  ]
  await world.ecr().send(new PutRegistryScanningConfigurationCommand({scanType: 'BASIC', rules}))
  const aws = {...world.aws, env: {...world.sandbox.env(devId, 'eu-west-1')}}
  const {text} = await exportRepos({aws}, emptyEstate)
  expect(text).toContain(`accounts:\n  main:\n    id: "${devId}"\n    region: eu-west-1\n`)
  expect(text).toContain('    scanning:\n      type: BASIC\n      onPush: [prod/*]\n')
  const {plan} = await planRepos({...world, aws}, parseEstate(text, 'repos.yaml'))
  expect(saidBy(plan)).toEqual(nothing)
})
