import {beforeEach, describe, expect, test} from 'vitest'
import {type LifecycleWorld, openLifecycleWorld} from '../../../support/lifecycle-world.ts'
import {devWest, meant, openWords, prodEast, prodWest} from './support.ts'

let world: LifecycleWorld

beforeEach(async () => {
  world = await openLifecycleWorld()
  const repositories = [
    {...devWest, name: 'app'},
    {...devWest, name: 'payments/api'},
    {...devWest, name: 'payments/web/front'},
    {...prodWest, name: 'app'},
    {...prodWest, name: 'payments/api'},
    {...prodEast, name: 'payments/api'},
    {...prodEast, name: 'tools'},
  ]
  await world.sandbox.seed({repositories})
  world.sandbox.clearRequests()
})

describe('words mean repositories of two accounts and three registries', () => {
  const everything = [
    'dev@eu-west-1/app',
    'dev@eu-west-1/payments/api',
    'dev@eu-west-1/payments/web/front',
    'prod@eu-west-1/app',
    'prod@eu-west-1/payments/api',
    'prod@us-east-1/payments/api',
    'prod@us-east-1/tools',
  ]
  test.each<[string, string[], string[]]>([
    ['none mean all, by registry and name', [], everything],
    ['a name means it wherever it is', ['app'], ['dev@eu-west-1/app', 'prod@eu-west-1/app']],
    [
      '* stays within a segment',
      ['payments/*'],
      ['dev@eu-west-1/payments/api', 'prod@eu-west-1/payments/api', 'prod@us-east-1/payments/api'],
    ],
    [
      '** takes whole segments, of one account',
      ['dev/payments/**'],
      ['dev@eu-west-1/payments/api', 'dev@eu-west-1/payments/web/front'],
    ],
    [
      'an account has all of its regions',
      ['prod/payments/api'],
      ['prod@eu-west-1/payments/api', 'prod@us-east-1/payments/api'],
    ],
    ['of which one can be named', ['prod@us-east-1/payments/**'], ['prod@us-east-1/payments/api']],
    [
      'a host is a registry too',
      ['222222222222.dkr.ecr.us-east-1.amazonaws.com/tools'],
      ['prod@us-east-1/tools'],
    ],
    [
      'what two words mean is there once',
      ['app', 'dev/app', '*'],
      ['dev@eu-west-1/app', 'prod@eu-west-1/app', 'prod@us-east-1/tools'],
    ],
  ])('%s', async (_, words, expected) => {
    expect(await meant(world, words)).toEqual(expected)
    world.expectNoMutation()
  })

  test('--account leaves the others out, before they are asked for anything', async () => {
    expect(await meant(world, ['**'], {accounts: ['prod@us-east-1']})).toEqual([
      'prod@us-east-1/payments/api',
      'prod@us-east-1/tools',
    ])
    expect(world.sandbox.requests.filter(({account}) => account === devWest.account)).toEqual([])
  })
})

test('each identity is told once, and a pattern that nothing fits is a warning', async () => {
  const {callers, warnings, repositories} = await openWords(world, ['app', 'nope/**'])
  expect(callers.map(({account}) => account)).toEqual([devWest.account, prodWest.account])
  expect(warnings).toEqual(['No repository is like "nope/**".'])
  expect(repositories).toHaveLength(2)
})

test.each([
  ['a repository that is nowhere', ['app', 'nothing'], {}, 'REPOSITORY_NOT_FOUND', 4],
  ['a repository that another registry has', ['dev/tools'], {}, 'REPOSITORY_NOT_FOUND', 4],
  ['an account that is not described', ['prd@eu-west-1/app'], {}, 'UNKNOWN_ACCOUNT', 2],
  ['a region that an account has not', ['dev@us-east-1/app'], {}, 'UNKNOWN_REGION', 2],
  ['a word of a registry that is left out', ['dev/app'], {accounts: ['prod']}, 'LEFT_OUT', 2],
  ['a pattern that is none', ['App*'], {}, 'INVALID_PATTERN', 2],
  ['a public registry', ['public.ecr.aws/app'], {}, 'NOT_ECR', 2],
])('%s is an error', async (_, words, options, code, exitCode) => {
  await expect(openWords(world, words, options)).rejects.toMatchObject({code, exitCode})
})

test('an account that does not let itself be listed is an error, whatever the others say', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Deny', Action: 'ecr:DescribeRepositories', Resource: '*'}],
  }
  await world.sandbox.seed({accounts: [{id: prodWest.account, user: {policy}}]})
  await expect(openWords(world, ['**'])).rejects.toMatchObject({code: 'ACCESS_DENIED', exitCode: 5})
})

test('what was opened to look can start no preview, and for previews can put no policy', async () => {
  const policy =
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}'
  const look = (await openWords(world, ['dev/app'])).registries[0]?.api.lifecycle
  await expect(look?.startPreview('app', policy)).rejects.toThrow('read-only')
  const preview = (await openWords(world, ['dev/app'], {access: 'preview'})).registries[0]?.api.lifecycle
  await expect(preview?.putPolicy('app', policy)).rejects.toThrow('read-only')
  world.expectNoMutation()
})

test.each([
  ['a pattern', '**', 7],
  ['a name', 'payments/api', 3],
])(
  'what is told of repositories that are found by %s is kept, and not asked for again',
  async (_, word, count) => {
    const {repositories, registries} = await openWords(world, [word])
    expect(repositories.map(({at, name, described}) => [at.registry.region, name, described])).toEqual(
      repositories.map(({at: {registry}, name}) => [
        registry.region,
        name,
        expect.objectContaining({
          repositoryArn: `arn:aws:ecr:${registry.region}:${registry.account}:repository/${name}`,
          imageTagMutability: 'MUTABLE',
        }),
      ]),
    )
    expect(repositories).toHaveLength(count)
    const asked = world.sandbox.requests.filter(({operation}) => operation === 'DescribeRepositories')
    expect(asked).toHaveLength(registries.length)
  },
)
