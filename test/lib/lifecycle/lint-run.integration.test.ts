import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  CreateRepositoryCreationTemplateCommand,
  ECRClient,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {runInventory} from '../../../src/lib/ecr/inventory/run.ts'
import {type LintOrder, runLint} from '../../../src/lib/lifecycle/lint-run.ts'
import {
  expireAfter,
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

function lint({aws}: LifecycleWorld, order: Partial<LintOrder> = {}, wanted = estate) {
  return runLint({...usual, ...order}, {estate: wanted, aws: async () => aws, region: undefined})
}

/** Lints where no registry can be asked. */
function lintOffline(order: Partial<LintOrder>, wanted = estate) {
  const aws = () => Promise.reject(new Error('nobody is to be asked'))
  return runLint({...usual, ...order}, {estate: wanted, aws, region: undefined})
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
  const files = ['bad.json', 'none.json', 'trap.json'].map(file)
  const {findings, exitCode} = await lintOffline({files})
  expect(exitCode).toBe(3)
  expect(findings.map(({code}) => code)).toEqual(
    expect.arrayContaining(['wrong-type', 'unreadable-file', 'and-trap']),
  )
})

/** Repositories of which repos.yaml says different things, with the same images and a policy that is in force. */
const wishes = parseEstate(
  `version: 1
accounts:
  dev: {id: "111111111111", regions: [eu-west-1, us-east-1]}
repositories:
  app:
    lifecycle:
      expire:
        - {tags: "release-*", keepLast: 2}
  left:
    lifecycle: null
`,
  'repos.yaml',
)

async function openWishes() {
  const world = await openLifecycleWorld()
  const {fill} = world
  const images = [3, 2, 1].map(pushed => ({name: `r${pushed}`, tags: [`release-${pushed}`], pushed}))
  const places = [home, {...home, name: 'left'}, {...home, name: 'other'}]
  await fill(...places.map(place => ({...place, images})))
  for (const place of places) await world.putPolicy(place, expireAfter(14))
  return world
}

test('the policy that repos.yaml wants is judged, at its place; what it leaves alone is, and others are by what is in force', async () => {
  const world = await openWishes()
  const {findings, repositories} = await lint(world, {}, wishes)
  expect(repositories).toBe(3)
  expect(findings.map(({code, where}) => ({code, where}))).toEqual([
    {
      code: 'shallow-rollback',
      where: {
        registry: 'dev@eu-west-1',
        repository: 'app',
        template: null,
        rulePriority: 10,
        origin: {file: 'repos.yaml', line: 6, column: 5},
      },
    },
    {
      code: 'expires-by-age-alone',
      where: expect.objectContaining({repository: 'other', rulePriority: 1, origin: null}) as object,
    },
    expect.objectContaining({code: 'no-description'}),
  ])
  world.expectNoMutation()
})

async function record(world: LifecycleWorld, manifests = true): Promise<string> {
  const inventory = join(world.folder, 'inventory.jsonl')
  await runInventory(
    {words: [], accounts: [], out: inventory, manifests, concurrency: 4},
    {estate: wishes, aws: world.aws, region: undefined},
  )
  return inventory
}

test('a recorded inventory tells the same as the registries it was taken of, and nobody is asked', async () => {
  const world = await openWishes()
  const inventory = await record(world)
  const live = await lint(world, {}, wishes)
  const offline = await lintOffline({inventory}, wishes)
  expect(offline.findings).toEqual(live.findings)
  expect(offline).toMatchObject({repositories: 3, unread: [], exitCode: live.exitCode})
  const some = await lintOffline({inventory, words: ['oth*']}, wishes)
  expect(some).toMatchObject({
    repositories: 1,
    findings: [{where: {repository: 'other'}}, {code: 'no-description'}],
  })
})

test('what could not be read when the inventory was taken is told, and does not pass', async () => {
  const world = await openWishes()
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {Effect: 'Allow', Action: '*', Resource: '*'},
      {Effect: 'Deny', Action: 'ecr:DescribeImages', Resource: '*/other'},
    ],
  }
  await world.sandbox.seed({accounts: [{id: home.account, user: {policy}}]})
  const run = await lintOffline({inventory: await record(world)}, wishes)
  expect(run).toMatchObject({exitCode: 4, unread: [{name: 'other', error: {code: 'ACCESS_DENIED'}}]})
  expect(run.findings).toMatchObject([{where: {repository: 'app'}}])
})

test('what indexes list is known from the inventory; where it was not recorded, that is said', async () => {
  const world = await openLifecycleWorld()
  const {fill} = world
  await fill({
    ...home,
    images: [
      {name: 'arm64', pushed: 40},
      {name: 'index', tags: ['release-1'], pushed: 1, lists: ['arm64']},
    ],
  })
  await world.putPolicy(home, {
    ...keepNewest(10, {tagStatus: 'tagged', tagPatternList: ['release-*']}),
    description: 'x',
  })
  const whole = await lintOffline({inventory: await record(world)})
  expect(whole).toMatchObject({findings: [{code: 'untagged-kept', severity: 'note'}], warnings: []})
  const without = await lintOffline({inventory: await record(world, false)})
  expect(without.warnings).toEqual([
    expect.stringMatching(
      /dev@eu-west-1\/app: what sha256:\w+ lists is not known, and parts of multi-arch images pass/,
    ),
  ])
})
