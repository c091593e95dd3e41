import {PutRegistryScanningConfigurationCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {detailedReposExitCode} from '../../../src/lib/repos/plan-run.ts'
import {devId, openReposWorld, prodId} from '../../support/repos-world.ts'
import {mixed, mixedWorld, planRepos, said, seedRepositories} from './plan-support.ts'

describe('a plan', () => {
  test('says what differs, in the order in which it is applied, and sends nothing that changes anything', async () => {
    const world = await mixedWorld()
    const {plan, exitCode} = await planRepos(world, mixed)
    expect(said(plan.changes)).toEqual([
      'change dev@eu-west-1 settings BLOB_MOUNTING',
      'change prod@eu-west-1 settings BLOB_MOUNTING',
      'change prod@eu-west-1 scanning',
      'change prod@us-east-1 settings BLOB_MOUNTING',
      'change prod@us-east-1 scanning',
      'create prod@us-east-1/payments/new repository',
      'blocked dev@eu-west-1/payments/api encryption',
      'change dev@eu-west-1/payments/api tagMutability',
      'change dev@eu-west-1/payments/api tags',
      'change dev@eu-west-1/scratch/tmp tagMutability',
      'create prod@us-east-1/payments/new policy',
      'remove dev@eu-west-1/payments/old repository',
    ])
    expect(exitCode).toBe(0)
    expect(world.mutations()).toEqual([])
  })

  test('reads what the file manages and nothing else', async () => {
    const world = await mixedWorld()
    await planRepos(world, 'repositories: {payments/api: {tags: {team: core}}}')
    expect(world.operations().filter(name => name !== 'GetCallerIdentity')).toEqual([
      'DescribeRepositories',
      'DescribeRepositories',
      'DescribeRepositories',
      'ListTagsForResource',
    ])
  })

  test('asks nothing of a repository for what the listing told', async () => {
    const world = await mixedWorld()
    const {plan} = await planRepos(
      world,
      'defaults: {tagMutability: MUTABLE, scanOnPush: false, encryption: AES256}',
    )
    expect(plan.changes).toEqual([])
    expect(plan.compared).toEqual({registries: 3, repositories: 3, resources: 9})
    expect(new Set(world.operations())).toEqual(new Set(['GetCallerIdentity', 'DescribeRepositories']))
  })

  test('says of a repository that is to be made where the file names it, not where it says what all are like', async () => {
    const world = await openReposWorld()
    const text = `
defaults: {in: [dev]}
repositories:
  a/block:
    scanOnPush: true
  b/flow: {}
overlays: {dev: {repositories: {c/overlay: {}}}}
`
    const {plan} = await planRepos(world, text)
    const said = world.estateOf(text).origins
    const lineOf = (key: string) => said.get(key)
    expect(
      plan.changes.map(({repository, source}) => [repository, source?.path.join('/'), source?.origin]),
    ).toEqual([
      ['a/block', 'repositories/a/block', lineOf('repositories."a/block"')],
      ['b/flow', 'repositories/b/flow', lineOf('repositories."b/flow"')],
      ['c/overlay', 'overlays/dev/repositories/c/overlay', lineOf('overlays.dev.repositories."c/overlay"')],
    ])
    const [block, flow] = plan.changes.map(({source}) => source?.origin?.line ?? 0)
    expect(flow).toBe((block ?? 0) + 2)
  })

  test('is empty for a file that manages nothing, whatever there is', async () => {
    const world = await mixedWorld()
    const {plan, exitCode} = await planRepos(world, '')
    expect(plan.changes).toEqual([])
    expect(exitCode).toBe(0)
    expect(plan.unlisted.map(({names}) => names)).toEqual([['payments/api', 'payments/old', 'scratch/tmp']])
    expect(plan.warnings).toEqual([
      'dev@eu-west-1: repos.yaml manages nothing there.',
      'prod@eu-west-1: repos.yaml manages nothing there.',
      'prod@us-east-1: repos.yaml manages nothing there.',
    ])
    expect(world.mutations()).toEqual([])
  })

  test('sends nothing but the question who asks where the account is another one', async () => {
    const world = await mixedWorld()
    const estate = world.estateOf('defaults: {tagMutability: IMMUTABLE}')
    const aws = {...world.aws, env: {AWS_ACCESS_KEY_ID: devId, AWS_SECRET_ACCESS_KEY: 'any'}}
    await expect(planRepos({...world, aws}, estate)).rejects.toMatchObject({code: 'WRONG_ACCOUNT'})
    expect(new Set(world.operations())).toEqual(new Set(['GetCallerIdentity']))
  })

  test('asks a registry that other credentials are used for nothing of itself, and for the repositories of the file alone', async () => {
    const world = await openReposWorld()
    const policy = {
      Version: '2012-10-17',
      Statement: [{Effect: 'Allow', Principal: {AWS: devId}, Action: 'ecr:*'}],
    }
    await world.sandbox.seed({
      repositories: [{account: prodId, region: 'eu-west-1', name: 'shared/app', policy}],
    })
    world.clearRequests()
    const estate = parseEstate(
      `version: 1
accounts:
  dev: {id: "${devId}", region: eu-west-1}
  shared: {id: "${prodId}", region: eu-west-1, via: dev}
registries: {"*": {settings: {BLOB_MOUNTING: ENABLED}}}
repositories: {shared/app: {in: [dev, shared], tags: {team: core}}}
`,
      'repos.yaml',
    )
    const {plan, exitCode} = await planRepos(world, estate)
    expect(said(plan.changes)).toEqual([
      'change dev@eu-west-1 settings BLOB_MOUNTING',
      'create dev@eu-west-1/shared/app repository',
      'change shared@eu-west-1/shared/app tags',
    ])
    // ECR tells repositories of another account one by one alone.
    expect(plan.unread).toMatchObject([
      {
        registry: {label: 'shared@eu-west-1'},
        repository: null,
        resource: 'repositories',
        error: {code: 'ACCESS_DENIED'},
      },
    ])
    expect(exitCode).toBe(4)
    const known = await planRepos(world, estate, {words: ['shared/shared/app', 'dev/shared/*']})
    expect(known.exitCode).toBe(0)
    expect(said(known.plan.changes)).toEqual([
      'create dev@eu-west-1/shared/app repository',
      'change shared@eu-west-1/shared/app tags',
    ])
  })
})

describe('words', () => {
  test('mean repositories that are there and those to be made; a registry as a whole only with all of them', async () => {
    const world = await mixedWorld()
    const {plan} = await planRepos(world, mixed, {words: ['payments/new', 'dev/payments/*']})
    expect(said(plan.changes)).toEqual([
      'create prod@us-east-1/payments/new repository',
      'blocked dev@eu-west-1/payments/api encryption',
      'change dev@eu-west-1/payments/api tagMutability',
      'change dev@eu-west-1/payments/api tags',
      'create prod@us-east-1/payments/new policy',
      'remove dev@eu-west-1/payments/old repository',
    ])
    const whole = await planRepos(world, mixed, {words: ['prod@eu-west-1/**']})
    expect(said(whole.plan.changes)).toEqual([
      'change prod@eu-west-1 settings BLOB_MOUNTING',
      'change prod@eu-west-1 scanning',
    ])
  })

  test('that neither a repository nor the file fits are an error, and patterns a warning', async () => {
    const world = await mixedWorld()
    await expect(planRepos(world, mixed, {words: ['payments/nwe']})).rejects.toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
    })
    const {plan} = await planRepos(world, mixed, {words: ['payments/**', 'team-z/**']})
    expect(plan.warnings).toContain('No repository is like "team-z/**".')
    expect(plan.warnings.filter(text => text.includes('payments'))).toEqual([])
  })
})

describe('what is told besides changes', () => {
  test('a repository that is nowhere and has no place, but not where some registries were left out', async () => {
    const world = await mixedWorld()
    const text = 'repositories: {nowhere: {}, left/app: {state: absent}, payments/api: {tags: {a: b}}}'
    const {plan} = await planRepos(world, text)
    expect(plan.warnings.filter(warning => warning.includes('nowhere'))).toEqual([
      expect.stringMatching(
        /^repos\.yaml:\d+: There is no repository nowhere in any registry\. Say in: \[ALIAS\]/,
      ),
    ])
    expect(plan.warnings.filter(warning => warning.includes('left/app'))).toEqual([])
    const some = await planRepos(world, text, {accounts: ['dev']})
    expect(some.plan.warnings.filter(warning => warning.includes('nowhere'))).toEqual([])
  })

  test('repositories that are listed, but not for there, are unlisted there and stay as they are', async () => {
    const world = await mixedWorld()
    const {plan} = await planRepos(
      world,
      'repositories: {payments/api: {in: [prod@eu-west-1], tagMutability: IMMUTABLE}}',
    )
    expect(said(plan.changes)).toEqual(['create prod@eu-west-1/payments/api repository'])
    expect(plan.unlisted).toMatchObject([
      {registry: {label: 'dev@eu-west-1'}, names: ['payments/api', 'payments/old', 'scratch/tmp']},
    ])
  })

  test('entries that others made, which stay', async () => {
    const world = await openReposWorld()
    await seedRepositories(world, devId, ['payments/api'])
    await world.ecr().send(
      new PutRegistryScanningConfigurationCommand({
        scanType: 'BASIC',
        rules: [
          {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{filter: 'theirs-*', filterType: 'WILDCARD'}]},
        ],
      }),
    )
    const {plan} = await planRepos(world, 'registries: {dev: {scanning: {onPush: ["prod-*"]}}}')
    expect(said(plan.changes)).toEqual(['change dev@eu-west-1 scanning'])
    expect(plan.foreign).toMatchObject([
      {
        registry: {label: 'dev@eu-west-1'},
        repository: null,
        resource: 'scanning',
        entries: [expect.stringContaining('theirs-*')],
      },
    ])
  })
})

test('a creation template that changes says how many repositories it leaves as they are', async () => {
  const world = await openReposWorld()
  await seedRepositories(world, devId, ['prod/a', 'prod/team/b', 'other/c'])
  const template = (more: string) =>
    `registries: {dev: {creationTemplates: {prod: {appliedFor: [REPLICATION], tagMutability: IMMUTABLE${more}}}}}`
  const [change] = (await planRepos(world, template(''))).plan.changes
  expect(change).toMatchObject({resource: 'creationTemplates', entry: 'prod', kind: 'create'})
  expect(change?.notes).toContain(
    '2 repositories that exist stay as they are: say applyToExisting: true for those, or set it by match.',
  )
  const {plan} = await planRepos(world, template(', applyToExisting: true'))
  expect(plan.changes[0]?.notes.filter(note => note.includes('stay as they are'))).toEqual([])
  expect(said(plan.changes.slice(1))).toEqual([
    'change dev@eu-west-1/prod/a tagMutability',
    'change dev@eu-west-1/prod/team/b tagMutability',
  ])
})

test('with --detailed-exitcode what differs is 10, be it blocked alone', async () => {
  const world = await mixedWorld()
  const blocked = await planRepos(world, 'repositories: {payments/api: {encryption: KMS}}')
  expect(said(blocked.plan.changes)).toEqual(['blocked dev@eu-west-1/payments/api encryption'])
  expect(detailedReposExitCode(blocked)).toBe(10)
  const same = await planRepos(world, 'repositories: {payments/api: {encryption: AES256}}')
  expect(detailedReposExitCode(same)).toBe(0)
})
