import {describe, expect, onTestFinished, test} from 'vitest'
import {readCommands} from '../../../src/lib/access/commands.ts'
import {generatePolicies} from '../../../src/lib/access/generate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import type {SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {rollback} from '../../support/rollback.ts'
import {dev, devHost, dr, prod, prodHost, startWorld, type World} from '../../support/world.ts'
import {client, delay, home, replicateTo} from '../sandbox/replication-support.ts'
import {testLeast} from './least.ts'

const image = await buildImage({layers: [{'etc/name': 'new'}], sbom: true})
const old = await buildImage({layers: [{'etc/name': 'old'}]})

const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/**"]}
`,
  'repos.yaml',
)

const promoted = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

/** An image at dev, and at prod the repository alone, or nothing. */
async function open(
  prepare: 'repository' | 'nothing' = 'repository',
  options: SandboxOptions = {},
): Promise<World> {
  const world = await startWorld(options)
  onTestFinished(() => world.close())
  const there = prepare === 'repository' ? [{...prod, name: 'team/app'}] : []
  await world.sandbox.seed({repositories: [{...dev, name: 'team/app'}, ...there]})
  await pushImage((await world.open(devHost)).repository('team/app'), image, 'v1')
  return world
}

testLeast('a new image', {
  command: 'promote',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    return {sandbox: world.sandbox, run: () => world.promote(['team/app:v1'], {}, {estate})}
  },
})

testLeast('two repositories that share layers', {
  command: 'promote',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    await world.sandbox.seed({repositories: [dev, prod].map(place => ({...place, name: 'team/web'}))})
    await pushImage((await world.open(devHost)).repository('team/web'), image, 'v1')
    const images = ['team/app:v1', 'team/web:v1']
    return {sandbox: world.sandbox, run: () => world.promote(images, {}, {estate})}
  },
})

testLeast('a missing repository', {
  command: 'promote --create-repositories',
  estate,
  holds: ['ecr:CreateRepository'],
  spares: ['ecr:BatchCheckLayerAvailability'],
  isDone: promoted,
  async open() {
    const world = await open('nothing')
    return {
      sandbox: world.sandbox,
      run: () => world.promote(['team/app:v1'], {createRepositories: true}, {estate}),
    }
  },
})

testLeast('whatever matches', {
  command: 'promote --match --all-tags',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    return {
      sandbox: world.sandbox,
      run: () => world.promote([], {match: ['team/*:*']}, {estate}),
    }
  },
})

testLeast('tags that moved', {
  command: 'rollback',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    await pushImage((await world.open(prodHost)).repository('team/app'), old, 'v1')
    const {record} = await world.promote(['team/app:v1'], {}, {estate})
    return {sandbox: world.sandbox, run: () => rollback(world, record)}
  },
})

const further = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
  dr: {id: "${dr.account}", region: ${dr.region}}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/**"]}
`,
  'repos.yaml',
)

testLeast('a destination that replicates', {
  command: 'promote --wait-replication',
  estate: further,
  holds: ['ecr:DescribeImageReplicationStatus'],
  // Replication may lead to any account, and does not lead to dev.
  spares: [`ecr:DescribeImages of ${dev.account}`],
  isDone: promoted,
  async open() {
    const world = await open('repository', {durations: {replication: delay}})
    const {sandbox} = world
    await sandbox.setClock(Date.now())
    await replicateTo(client(sandbox, home, prod.account), [{region: dr.region, registryId: prod.account}])
    const signal = AbortSignal.timeout(60_000)
    const wait = (ms: number) => sandbox.advanceClock(ms)
    const aws = {env: {}, sandboxUrl: sandbox.url, now: () => sandbox.now(), wait, signal}
    return {
      sandbox,
      run: () =>
        world.promote(
          ['team/app:v1'],
          {waitReplicationMs: 10 * delay},
          {estate: further, aws, deadlineAfter: () => new AbortController().signal},
        ),
    }
  },
})

const shared = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  shared: {id: "${prod.account}", region: ${prod.region}, via: dev}
promotions:
  release: {from: dev, to: [shared], repositories: ["team/**"]}
`,
  'repos.yaml',
)

describe('an account that is asked via another one', () => {
  const {policies} = generatePolicies({commands: readCommands(['promote']), repositories: []}, shared)
  const ofKind = (wanted: string) => policies.filter(({kind}) => kind === wanted).map(({policy}) => policy)
  const [identity] = ofKind('identity')
  const [repository] = ofKind('repository')
  const promote = async (more: Partial<Parameters<World['promote']>[1]>, policy: object | undefined) => {
    const world = await open()
    await world.sandbox.seed({
      accounts: [{id: dev.account, user: {policy: identity ?? {}}}],
      repositories: policy === undefined ? [] : [{...prod, name: 'team/app', policy}],
    })
    return world.promote(['team/app:v1'], {to: ['shared'], ...more}, {estate: shared})
  }

  test("takes images with the caller's policy and that of its repositories", async () => {
    expect(await promote({}, repository)).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  })

  test('takes none without that of its repositories', async () => {
    await expect(promote({}, undefined)).rejects.toMatchObject({code: 'ACCESS_DENIED'})
  })

  test.each(['BatchGetImage', 'InitiateLayerUpload', 'CompleteLayerUpload', 'PutImage'])(
    'takes none where that of its repositories has no %s',
    async operation => {
      const rest = repository?.Statement.map(each => ({
        ...each,
        Action: each.Action.filter(action => action !== `ecr:${operation}`),
      }))
      const outcome = await promote({}, {...repository, Statement: rest}).catch((error: unknown) => error)
      expect(JSON.stringify(outcome) + String(outcome)).toContain(`not allowed ecr:${operation}`)
    },
  )
})

describe('an account with a role', () => {
  const roles = parseEstate(
    `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}, role: "arn:aws:iam::${prod.account}:role/release"}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/**"]}
`,
    'repos.yaml',
  )
  const {policies} = generatePolicies({commands: readCommands(['promote']), repositories: []}, roles)
  const policyOf = (kind: string, name: string) =>
    policies.find(each => each.kind === kind && each.name === name)?.policy.Statement ?? []
  const promote = async (own: readonly object[]) => {
    const world = await open()
    const base = {policy: {Version: '2012-10-17', Statement: own}}
    const role = {name: 'release', policy: {Version: '2012-10-17', Statement: policyOf('identity', 'prod')}}
    await world.sandbox.seed({
      accounts: [
        {id: dev.account, user: base},
        {id: prod.account, roles: [{...role, trusts: [dev.account]}]},
      ],
    })
    const env = {AWS_ACCESS_KEY_ID: dev.account, AWS_SECRET_ACCESS_KEY: 'any'}
    const signal = AbortSignal.timeout(60_000)
    const aws = {env, sandboxUrl: world.sandbox.url, now: Date.now, signal}
    return world.promote(['team/app:v1'], {}, {estate: roles, aws})
  }

  test('is asked by who may assume it, with its own policy', async () => {
    const own = [...policyOf('identity', 'dev'), ...policyOf('assume-role', 'default')]
    expect(await promote(own)).toMatchObject({exitCode: 0, items: [{outcome: 'promoted'}]})
  })

  test('is not asked by who may not', async () => {
    await expect(promote(policyOf('identity', 'dev'))).rejects.toThrow('not allowed sts:AssumeRole')
  })
})
