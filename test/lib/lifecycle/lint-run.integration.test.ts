import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  CreateRepositoryCreationTemplateCommand,
  ECRClient,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {type LintOrder, runLint} from '../../../src/lib/lifecycle/lint-run.ts'
import {
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
  policyText,
} from '../../support/lifecycle-world.ts'

const home = {account: '111111111111', region: 'eu-west-1', name: 'app'}
const away = {...home, region: 'us-east-1'}
const estate = parseEstate(
  'version: 1\naccounts:\n  dev: {id: "111111111111", regions: [eu-west-1, us-east-1]}\n',
  'repos.yaml',
)

const usual: LintOrder = {
  words: [],
  accounts: [],
  files: [],
  inventory: undefined,
  rollbackDepth: 5,
  failOn: 'error',
  concurrency: 4,
}

function lint({aws}: LifecycleWorld, order: Partial<LintOrder> = {}) {
  return runLint({...usual, ...order}, {estate, aws: async () => aws, region: undefined})
}

function clientOf({sandbox}: LifecycleWorld, {account, region}: typeof home): ECRClient {
  const credentials = {accessKeyId: account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: sandbox.url, region, credentials})
  onTestFinished(() => client.destroy())
  return client
}

test('policies are judged beside the images that are there, and nothing is changed', async () => {
  const world = await openLifecycleWorld()
  const {fill} = world
  await fill({
    ...home,
    images: [
      {name: 'amd64', pushed: 9},
      {name: 'arm64', pushed: 9},
      {name: 'index', tags: ['release-1'], pushed: 9, lists: ['amd64', 'arm64']},
      {name: 'left', pushed: 40},
    ],
  })
  await world.putPolicy(home, keepNewest(10, {tagStatus: 'tagged', tagPatternList: ['rel-*']}))
  const {findings, exitCode, repositories} = await lint(world)
  expect({exitCode, repositories}).toEqual({exitCode: 0, repositories: 1})
  expect(findings).toMatchObject([
    {
      code: 'dead-rule',
      where: {registry: 'dev@eu-west-1', repository: 'app', rulePriority: 1},
      fix: expect.stringContaining('"release-"'),
    },
    // What the index lists is no untagged image that was left.
    {code: 'untagged-kept', severity: 'warning', evidence: {images: 1}},
    {code: 'no-description'},
  ])
  world.expectNoMutation()
  expect(await lint(world, {failOn: 'warning'})).toMatchObject({exitCode: 3})
})

test('a replica without a policy is named with its source, and so is a template without one', async () => {
  const world = await openLifecycleWorld()
  const images = [{name: 'a', tags: ['v1'], pushed: 3}]
  const {fill} = world
  await fill({...home, images}, {...away, images}, {...away, name: 'other', images})
  await clientOf(world, home).send(
    new PutReplicationConfigurationCommand({
      replicationConfiguration: {rules: [{destinations: [{region: away.region, registryId: away.account}]}]},
    }),
  )
  const ecr = clientOf(world, away)
  await ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'bare', appliedFor: ['REPLICATION']}))
  await ecr.send(
    new CreateRepositoryCreationTemplateCommand({
      prefix: 'good',
      appliedFor: ['REPLICATION'],
      lifecyclePolicy: policyText({...keepNewest(50), description: 'enough'}),
    }),
  )
  const {findings} = await lint(world)
  expect(findings.map(({code, where}) => ({code, where}))).toMatchObject([
    {code: 'no-policy', where: {registry: 'dev@eu-west-1', repository: 'app'}},
    {code: 'no-policy-in-replica', where: {registry: 'dev@us-east-1', repository: 'app'}},
    {code: 'no-policy', where: {registry: 'dev@us-east-1', repository: 'other'}},
    {code: 'no-policy-in-template', where: {registry: 'dev@us-east-1', repository: null, template: 'bare'}},
  ])
  expect(findings[1]?.message).toContain('dev@eu-west-1 replicates')
})

test('accounts and regions that are not named are not looked at', async () => {
  const world = await openLifecycleWorld()
  const {fill} = world
  const images = [{name: 'a', tags: ['v1'], pushed: 3}]
  await fill({...home, images}, {...away, images})
  const {findings, repositories} = await lint(world, {accounts: ['dev@us-east-1']})
  expect(repositories).toBe(1)
  expect(findings.map(({where}) => where)).toMatchObject([{registry: 'dev@us-east-1'}])
})

test('files alone ask nobody, and a bad one hides no other', async () => {
  const world = await openLifecycleWorld()
  const file = (name: string) => join(world.folder, name)
  await writeFile(file('bad.json'), '{"rules": 3}')
  await writeFile(
    file('trap.json'),
    policyText(keepNewest(10, {tagStatus: 'tagged', tagPrefixList: ['dev', 'qa']})),
  )
  const {findings, exitCode} = await runLint(
    {...usual, files: ['bad.json', 'none.json', 'trap.json'].map(file)},
    {estate, aws: () => Promise.reject(new Error('nobody is to be asked')), region: undefined},
  )
  expect(exitCode).toBe(3)
  expect(findings.map(({code}) => code)).toEqual(
    expect.arrayContaining(['wrong-type', 'unreadable-file', 'and-trap']),
  )
})
