import {describe, expect, test} from 'vitest'
import {awsRegistries, sandboxRegistries} from '../../../src/lib/login/registries.ts'
import {resolveTargets, type TargetRequest, targetOfHost} from '../../../src/lib/login/targets.ts'

const dev = {alias: 'dev', id: '111111111111', regions: ['eu-west-1']} as const
const prod = {alias: 'prod', id: '222222222222', regions: ['eu-west-1', 'us-east-1']} as const

function request(names: readonly string[], changes: Partial<TargetRequest> = {}): TargetRequest {
  return {
    names,
    accounts: [dev, prod],
    region: undefined,
    registries: awsRegistries(),
    defaultAccount: async () => await Promise.reject(new Error('asked for the default account')),
    ...changes,
  }
}

async function registriesOf(names: readonly string[], changes?: Partial<TargetRequest>): Promise<string[]> {
  return (await resolveTargets(request(names, changes))).map(({registry}) => registry)
}

describe('resolveTargets', () => {
  test('an alias is every region of its account', async () => {
    expect(await resolveTargets(request(['prod']))).toEqual(
      ['eu-west-1', 'us-east-1'].map(region => ({
        registry: `222222222222.dkr.ecr.${region}.amazonaws.com`,
        awsHost: `222222222222.dkr.ecr.${region}.amazonaws.com`,
        plainHttp: false,
        visibility: 'private',
        alias: 'prod',
        account: '222222222222',
        region,
      })),
    )
  })

  test.each([
    [{fips: true}, '111111111111.dkr.ecr-fips.eu-west-1.amazonaws.com'],
    [{dualStack: true}, '111111111111.dkr-ecr.eu-west-1.on.aws'],
  ])('an account is logged in to by its %j name where that is asked for', async (form, host) => {
    expect(await registriesOf(['dev'], {registries: awsRegistries(form)})).toEqual([host])
  })

  test('a region narrows an alias', async () => {
    expect(await registriesOf(['prod'], {region: 'us-east-1'})).toEqual([
      '222222222222.dkr.ecr.us-east-1.amazonaws.com',
    ])
  })

  test('a region that the account does not have is an error that lists those it has', async () => {
    await expect(registriesOf(['prod'], {region: 'eu-west-2'})).rejects.toThrow(
      'Account prod has no region eu-west-2 in repos.yaml (it has eu-west-1, us-east-1).',
    )
  })

  test('no name means every account of the file', async () => {
    expect(await registriesOf([])).toEqual([
      '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
      '222222222222.dkr.ecr.eu-west-1.amazonaws.com',
      '222222222222.dkr.ecr.us-east-1.amazonaws.com',
    ])
  })

  test('without a file it is the account of the default chain', async () => {
    const targets = await resolveTargets(
      request([], {
        accounts: [],
        defaultAccount: async () => await Promise.resolve({account: '333333333333', region: 'cn-north-1'}),
      }),
    )
    expect(targets).toMatchObject([
      {registry: '333333333333.dkr.ecr.cn-north-1.amazonaws.com.cn', alias: undefined},
    ])
  })

  test('a registry of a known account takes that account’s credentials, in other regions too', async () => {
    const [target] = await resolveTargets(request(['222222222222.dkr.ecr.ap-south-1.amazonaws.com']))
    expect(target).toMatchObject({alias: 'prod', region: 'ap-south-1'})
  })

  test('of two aliases of one account the one with the region is meant', () => {
    const backup = {alias: 'backup', id: '111111111111', regions: ['us-west-2']} as const
    const host = '111111111111.dkr.ecr.us-west-2.amazonaws.com'
    expect(targetOfHost(host, awsRegistries(), [dev, backup])?.alias).toBe('backup')
  })

  test('a registry of an unknown account takes the default chain', async () => {
    const [target] = await resolveTargets(request(['999999999999.dkr.ecr.us-east-1.amazonaws.com']))
    expect(target).toMatchObject({alias: undefined, account: '999999999999', visibility: 'private'})
  })

  test('ECR Public takes the default chain in us-east-1', async () => {
    const [target] = await resolveTargets(request(['public.ecr.aws']))
    expect(target).toMatchObject({
      visibility: 'public',
      alias: undefined,
      account: undefined,
      region: 'us-east-1',
    })
  })

  test('a registry that is named twice is logged in to once, at its first place', async () => {
    const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'
    expect(await registriesOf([host, 'public.ecr.aws', 'dev'])).toEqual([host, 'public.ecr.aws'])
  })

  test.each([
    'amazonaws.com',
    'ecr.us-east-1.amazonaws.com',
    'x111111111111.dkr.ecr.us-east-1.amazonaws.com',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com.evil.example',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com@evil.example',
    'evil.example/111111111111.dkr.ecr.us-east-1.amazonaws.com',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com.cn',
    'docker.io',
  ])('%s is no ECR registry (T8)', async name => {
    await expect(registriesOf([name])).rejects.toThrow(
      'is neither an account of repos.yaml nor an ECR registry',
    )
  })

  test('a mistyped alias gets the near one named', async () => {
    await expect(registriesOf(['prd'])).rejects.toThrow('Did you mean "prod"?')
  })
})

describe('the sandbox', () => {
  const registries = sandboxRegistries([
    {account: '111111111111', region: 'eu-west-1', url: 'http://127.0.0.1:5001'},
  ])

  test('an account with a port of its own is reached there, over plain HTTP', async () => {
    expect(await resolveTargets(request(['dev'], {registries}))).toMatchObject([
      {registry: '127.0.0.1:5001', awsHost: '111111111111.dkr.ecr.eu-west-1.amazonaws.com', plainHttp: true},
    ])
  })

  test('the port can be named; other ports and hosts are strangers', async () => {
    expect(await resolveTargets(request(['127.0.0.1:5001'], {registries}))).toMatchObject([{alias: 'dev'}])
    await expect(registriesOf(['127.0.0.1:5002'], {registries})).rejects.toThrow('neither')
  })

  test('an account without a port keeps its name', async () => {
    expect(await registriesOf(['prod'], {registries, region: 'us-east-1'})).toEqual([
      '222222222222.dkr.ecr.us-east-1.amazonaws.com',
    ])
  })
})
