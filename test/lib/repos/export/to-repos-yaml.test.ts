import {describe, expect, test} from 'vitest'
import {toReposYaml} from '../../../../src/lib/repos/export/to-repos-yaml.ts'
import {afterAccounts, type Place, worldOf} from './support.ts'

const textOf = async (...world: Parameters<typeof worldOf>) =>
  afterAccounts(await toReposYaml(worldOf(...world)))
const repositories = (
  ...all: readonly (readonly [string, Record<string, never> | Place['registry']])[]
): Place => ({
  repositories: Object.fromEntries(all.map(([name, said]) => [name, said ?? {}])),
})

const pull = {statements: [{Sid: 'OrgPull', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage']}]}
const rules = (countNumber: number, description?: string) => ({
  rules: [
    {
      rulePriority: 1,
      ...(description === undefined ? {} : {description}),
      selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber},
      action: {type: 'expire'},
    },
  ],
})

describe('what repositories share', () => {
  test('is said once, and by each other what it has instead', async () => {
    const mutable = {tagMutability: 'MUTABLE'}
    const immutable = {tagMutability: 'IMMUTABLE'}
    const world = {
      'dev@eu-west-1': repositories(['aa', immutable], ['bb', immutable], ['cc', mutable]),
    }
    expect(await textOf(world)).toBe(`defaults:
  in: [dev]
  tagMutability: IMMUTABLE

repositories:
  aa: {}
  bb: {}
  cc:
    tagMutability: MUTABLE
`)
  })

  test('is said by nobody where no value is that of more than half', async () => {
    const world = {
      'dev@eu-west-1': repositories(['aa', {scanOnPush: true}], ['bb', {scanOnPush: false}]),
    }
    expect(await textOf(world)).toBe(`defaults:
  in: [dev]

repositories:
  aa:
    scanOnPush: true
  bb:
    scanOnPush: false
`)
  })

  test('is null for who has nothing of it', async () => {
    const all = {policy: pull, lifecycle: rules(5), 'tags.team': 'core', 'tags.a.b': 'x'}
    const world = {'dev@eu-west-1': repositories(['aa', all], ['bb', all], ['cc', {}])}
    const text = await textOf(world)
    expect(text).toContain('  aa: {}\n  bb: {}\n')
    expect(text).toContain(`  cc:
    tags:
      a.b: null
      team: null
    policy: null
    lifecycle: null
`)
  })

  test('is not said of what cannot be removed where one has nothing of it', async () => {
    const world = {
      'dev@eu-west-1': repositories(['aa', {scanOnPush: true}], ['bb', {scanOnPush: true}], ['cc', {}]),
    }
    expect(await textOf(world)).not.toMatch(/^ {2}scanOnPush/m)
  })

  test('stands in the overlay of the account or region where it is so', async () => {
    const said = (env: string, scanOnPush: boolean) => ({'tags.env': env, scanOnPush})
    const both = (env: string, scan: boolean) =>
      repositories(['aa', said(env, scan)], ['bb', said(env, scan)])
    const world = {
      'dev@eu-west-1': both('dev', false),
      'prod@eu-west-1': both('prod', false),
      'prod@us-east-1': both('prod', true),
    }
    expect(await textOf(world)).toBe(`defaults:
  in: [dev, prod]
  scanOnPush: false
  tags:
    env: prod

repositories:
  aa: {}
  bb: {}

overlays:
  dev:
    defaults:
      tags:
        env: dev
  prod@us-east-1:
    defaults:
      scanOnPush: true
`)
  })

  test('is matched by prefix where all below it have it', async () => {
    const team = (name: string) => ({'tags.team': name, scanOnPush: name !== 'pay', 'tags.stage': name})
    const world = {
      'dev@eu-west-1': repositories(
        ...['aa', 'bb', 'cc', 'dd', 'payments'].map(name => [name, team('core')] as const),
        ...['payments/a', 'payments/b', 'payments/c/d'].map(name => [name, team('pay')] as const),
      ),
    }
    const text = await textOf(world)
    expect(text).toContain(`match:
  - names: [payments/**]
    set:
      scanOnPush: false
      tags:
        stage: pay
        team: pay
`)
    expect(text).toContain('  payments/c/d: {}\n')
  })

  test('is said of nothing where not everything was looked at', async () => {
    const said = {tagMutability: 'IMMUTABLE', lifecycle: rules(5)}
    const world = {'dev@eu-west-1': repositories(['aa', said], ['bb', said], ['cc', said])}
    const text = await textOf(world, {isWhole: false})
    expect(text).not.toMatch(/^(?:defaults|match|overlays):/m)
    expect(text.match(/in: \[dev\]/g)).toHaveLength(3)
    expect(text.match(/use: lifecycle/g)).toHaveLength(3)
  })
})

describe('a repository of several places', () => {
  test('says what most of them have, and overlays what others have', async () => {
    const world = {
      'dev@eu-west-1': repositories(['aa', {scanOnPush: true}]),
      'prod@eu-west-1': repositories(['aa', {scanOnPush: true}]),
      'prod@us-east-1': repositories(['aa', {scanOnPush: false}]),
    }
    expect(await textOf(world)).toBe(`repositories:
  aa:
    in: [dev, prod]
    scanOnPush: true

overlays:
  prod@us-east-1:
    repositories:
      aa:
        scanOnPush: false
`)
  })

  test('is where it is: in all regions of an account, or in one', async () => {
    const world = {
      'dev@eu-west-1': {},
      'prod@eu-west-1': repositories(['aa', {}], ['bb', {}]),
      'prod@us-east-1': repositories(['bb', {}]),
    }
    expect(await textOf(world)).toBe(`repositories:
  aa:
    in: [prod@eu-west-1]
  bb:
    in: [prod]
`)
  })
})

describe('presets', () => {
  test('are named after what their authors called them, and each is said once', async () => {
    const other = {version: '2012-10-17', statements: [{...pull.statements[0], Effect: 'Deny'}]}
    const world = {
      'dev@eu-west-1': repositories(
        ['aa', {policy: pull, lifecycle: rules(1, 'Keep one')}],
        ['bb', {policy: pull, lifecycle: rules(1, 'Keep one')}],
        ['cc', {policy: other, lifecycle: rules(2, 'Keep one')}],
        ['dd', {policy: other, lifecycle: rules(2, 'Keep one')}],
      ),
    }
    const text = await textOf(world)
    expect(text).toMatch(/^ {4}org-pull:$/m)
    expect(text).toMatch(/^ {4}org-pull-2:$/m)
    expect(text).toMatch(/^ {4}keep-one:$/m)
    expect(text).toMatch(/^ {4}keep-one-2:$/m)
    expect(text).toContain(`  dd:
    policy:
      use: [org-pull-2]
    lifecycle:
      use: keep-one-2
`)
  })

  test('of defaults are taken the place of by a policy of one repository', async () => {
    const own = {id: 'mine', statements: [{Sid: 'Mine', Effect: 'Allow', Principal: '*', Action: 'ecr:*'}]}
    const world = {
      'dev@eu-west-1': repositories(['aa', {policy: pull}], ['bb', {policy: pull}], ['cc', {policy: own}]),
    }
    expect(await textOf(world)).toContain(`  cc:
    policy:
      use: []
      id: mine
      statements:
        - Sid: Mine
`)
  })
})

describe('registries', () => {
  test('say together what all have, by account what its regions have, else each its own', async () => {
    const world = {
      'dev@eu-west-1': {registry: {'settings.A': '1', 'settings.B': '1'}},
      'prod@eu-west-1': {registry: {'settings.A': '1', 'settings.B': '2', signing: {rules: []}}},
      'prod@us-east-1': {registry: {'settings.A': '1', 'settings.B': '2'}},
    }
    expect(await textOf(world)).toBe(`registries:
  "*":
    settings:
      A: "1"
  dev:
    settings:
      B: "1"
  prod:
    settings:
      B: "2"
  prod@eu-west-1:
    signing:
      rules: []
`)
  })

  test('of one account are said of it', async () => {
    const world = {
      'dev@eu-west-1': {registry: {'pullTimeExclusions.arn:aws:iam::111111111111:role/a.b': true}},
    }
    expect(await textOf(world)).toBe(`registries:
  dev:
    pullTimeExclusions:
      arn:aws:iam::111111111111:role/a.b: true
`)
  })
})

test('what repos.yaml has no words for stops it, and is named', async () => {
  const world = worldOf({'dev@eu-west-1': repositories(['aa', {'tags.constructor': 'x'}])})
  await expect(toReposYaml(world)).rejects.toMatchObject({
    code: 'NOT_IN_REPOS_YAML',
    message: expect.stringMatching(/repositories\.aa\.tags\.constructor: cannot be a key/),
    hints: [expect.stringContaining('--only')],
  })
})

test('what no repos.yaml has room for stops it, with its size', async () => {
  const tags = Object.fromEntries(
    Array.from({length: 50}, (_, index) => [`tags.${'é'.repeat(120)}${index}`, '']),
  )
  const some = Array.from(
    {length: 700},
    (_, index) => [`team${index}/app`, {...tags, 'tags.own': `${index}`}] as const,
  )
  const world = worldOf({'dev@eu-west-1': repositories(...some)}, {isWhole: false})
  await expect(toReposYaml(world)).rejects.toMatchObject({
    code: 'EXPORT_TOO_LARGE',
    message: expect.stringMatching(/^The export has \d+\.\d MiB, and a repos\.yaml has at most 8\.0 MiB\./),
  })
})
