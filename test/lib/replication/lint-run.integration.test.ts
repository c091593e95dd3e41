import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {beforeEach, describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {
  type ReplicationLintOrder,
  type ReplicationLintRun,
  type ReplicationLintWorld,
  runReplicationLint,
} from '../../../src/lib/replication/lint-run.ts'
import {policyText} from '../../support/lifecycle-world.ts'
import {
  classesOf,
  dev,
  dr,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  repos,
} from '../../support/replication-world.ts'
import {rule} from './lint/support.ts'

let world: ReplicationWorld

beforeEach(async () => {
  world = await openReplicationWorld()
})

function lint(order: Partial<ReplicationLintOrder> = {}, around: Partial<ReplicationLintWorld> = {}) {
  return runReplicationLint(
    {words: ['dev@eu-west-1/**'], accounts: [], failOn: 'error', concurrency: 8, ...order},
    {estate: parseEstate(repos, 'repos.yaml'), aws: world.aws, region: undefined, ...around},
  )
}

function told({findings}: ReplicationLintRun): string[] {
  return findings.map(({severity, code, destination, repositories}) =>
    [severity, code, destination, ...repositories].join(' '),
  )
}

async function makeThere(repositoryName: string, settings: object = {}): Promise<void> {
  for (const place of everywhere)
    await world.clientOf(place).send(new CreateRepositoryCommand({repositoryName, ...settings}))
}

describe('routes to three regions of three accounts', () => {
  test('with nothing wrong have no findings, and nothing is changed', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await makeThere('app')
    await world.replicateTo(everywhere)
    world.sandbox.clearRequests()
    const run = await lint()
    expect(told(run)).toEqual([])
    expect(run).toMatchObject({routes: 3, repositories: 3, unread: [], exitCode: 0})
    expect(run.callers.map(({account}) => account)).toEqual([dev.account, prod.account, dr.account])
    expect(world.sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  })

  test('the statement that is printed is what makes replication work', async () => {
    await world.replicateTo([prod])
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.allow(prod, 'ecr:CreateRepository')
    const run = await lint()
    expect(told(run)).toEqual([
      'error no-replicate-grant prod@us-east-1 app',
      'warning no-template prod@us-east-1 app',
    ])
    expect(run.exitCode).toBe(3)
    await world.arrive()
    const [denied] = (await world.status(['dev@eu-west-1/app'])).images
    expect(denied && classesOf(denied)).toEqual({'prod@us-east-1': 'failed'})

    const statement = run.findings[0]?.statement
    const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
    await world.clientOf(prod).send(new PutRegistryPolicyCommand({policyText}))
    expect(told(await lint())).toEqual(['warning no-template prod@us-east-1 app'])
    await world.push('web', [{name: 'two', tags: ['v1']}])
    await world.arrive()
    const [arrived] = (await world.status(['dev@eu-west-1/web'])).images
    expect(arrived && classesOf(arrived)).toEqual({'prod@us-east-1': 'in-sync'})
  })

  test('many repositories that are not there cost no call each', async () => {
    const names = Array.from({length: 150}, (_, n) => `team/app${n}`)
    await world.sandbox.seed({repositories: names.map(name => ({...dev, name}))})
    await world.replicateTo([near])
    world.sandbox.clearRequests()
    const run = await lint()
    expect(run.findings).toMatchObject([{code: 'no-template', repositories: {length: 150}}])
    expect(world.sandbox.requests.length).toBeLessThan(15)
  })

  test('what a template gives is judged before the repository is there', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([near])
    await world.clientOf(near).send(
      new CreateRepositoryCreationTemplateCommand({
        prefix: 'ROOT',
        appliedFor: ['REPLICATION'],
        imageTagMutability: 'IMMUTABLE',
        lifecyclePolicy: policyText(
          rule({tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}),
        ),
      }),
    )
    expect(told(await lint())).toEqual([
      'error untagged-copies-expire dev@eu-central-1 app',
      'warning immutable-destination dev@eu-central-1 app',
    ])
  })

  test('a lifecycle policy there that takes what the source keeps is found, and gone once it holds at both', async () => {
    await world.push('app', [
      {name: 'one', tags: ['v1']},
      {name: 'two', tags: ['v2']},
    ])
    await world.replicateTo([prod])
    await world.clientOf(prod).send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const keepOne = new PutLifecyclePolicyCommand({
      repositoryName: 'app',
      lifecyclePolicyText: policyText(rule({countNumber: 1})),
    })
    await world.clientOf(prod).send(keepOne)
    const run = await lint()
    expect(told(run)).toEqual(['warning lifecycle-takes-copies prod@us-east-1 app'])
    expect(run.findings[0]?.evidence?.images).toBe(1)
    expect(run.exitCode).toBe(0)
    expect((await lint({failOn: 'warning'})).exitCode).toBe(3)
    await world.clientOf(dev).send(keepOne)
    expect(told(await lint())).toEqual([])
  })

  test('parts of an index count with it, as they do at ECR', async () => {
    await world.push('app', [
      {name: 'amd'},
      {name: 'arm'},
      {name: 'both', tags: ['v1'], lists: ['amd', 'arm']},
    ])
    await world.replicateTo([prod])
    await world.clientOf(prod).send(new CreateRepositoryCommand({repositoryName: 'app'}))
    await world.clientOf(prod).send(
      new PutLifecyclePolicyCommand({
        repositoryName: 'app',
        lifecyclePolicyText: policyText(
          rule({tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}),
        ),
      }),
    )
    expect(told(await lint())).toEqual([])
  })
})

describe('what cannot be read is no pass', () => {
  test('a destination that repos.yaml does not name', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod, dr])
    const estate = parseEstate(repos.replace(/^.*dr: .*$/m, ''), 'repos.yaml')
    const run = await lint({}, {estate})
    expect(run.unread).toMatchObject([
      {name: expect.stringContaining(dr.account), error: {code: 'DESTINATION_UNREADABLE'}},
    ])
    expect(told(run)).toEqual(['warning no-template prod@us-east-1 app'])
    expect(run.exitCode).toBe(4)
  })

  test.each([
    'GetRegistryPolicy',
    'DescribeRepositoryCreationTemplates',
    'GetLifecyclePolicy',
    'DescribeRepositories',
  ])('%s that is denied at the destination', async operation => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await makeThere('app')
    await world.replicateTo([prod])
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation, account: prod.account, times: 100},
    ])
    const run = await lint()
    expect(run.unread).toHaveLength(1)
    expect(run.exitCode).toBe(4)
  })

  test('rules that the source does not tell', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation: 'DescribeRegistry', times: 100},
    ])
    const run = await lint()
    expect(run).toMatchObject({routes: 0, unread: [{name: 'dev@eu-west-1'}], exitCode: 4})
  })

  test('a registry whose policy only its own account is told', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const estate = parseEstate(repos.replace('prod: {', 'prod: {via: dev, '), 'repos.yaml')
    const run = await lint({}, {estate})
    expect(run.unread).toMatchObject([{error: {code: 'SETTINGS_UNKNOWN'}}])
    expect(run.exitCode).toBe(4)
  })
})

test('where no rule leads anywhere, that is said', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world
    .clientOf(dev)
    .send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: []}}))
  const run = await lint()
  expect(run).toMatchObject({routes: 0, findings: [], exitCode: 0})
  expect(run.warnings).toEqual([expect.stringContaining('No replication rule leads anywhere')])
})
