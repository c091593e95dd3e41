import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import {ecrClient, http} from '../lib/sandbox/support.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {expectImage} from '../support/completeness.ts'
import {pushImage} from '../support/images.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'
import {startMinistack, startMoto, unknownOperations} from './emulators.ts'
import {openRegistry, startEstate} from './estate.ts'
import {buildTwoPlatforms} from './registry-tool.ts'
import {accounts} from './tool-home.ts'

const name = 'team/app'
/** The account of keys that are none of its own, and of its registry where no host name tells the account. */
const [motoAccount, ministackAccount] = ['123456789012', '000000000000']

/** Operations of ECR that nobody but AWS and the sandbox has. */
const rare = [
  'CreatePullThroughCacheRule',
  'CreateRepositoryCreationTemplate',
  'DeletePullThroughCacheRule',
  'DeleteRepositoryCreationTemplate',
  'DeleteSigningConfiguration',
  'DeregisterPullTimeUpdateExclusion',
  'DescribeImageReplicationStatus',
  'DescribeImageSigningStatus',
  'DescribePullThroughCacheRules',
  'DescribeReplicationBackfillResults',
  'DescribeRepositoryCreationTemplates',
  'GetAccountSetting',
  'GetLifecyclePolicyPreview',
  'GetSigningConfiguration',
  'ListImageReferrers',
  'ListPullTimeUpdateExclusions',
  'ListReplicationBackfills',
  'PutAccountSetting',
  'PutSigningConfiguration',
  'RegisterPullTimeUpdateExclusion',
  'StartLifecyclePolicyPreview',
  'StartReplicationBackfill',
  'StopReplicationBackfill',
  'UpdateImageStorageClass',
  'UpdatePullThroughCacheRule',
  'UpdateRepositoryCreationTemplate',
  'ValidatePullThroughCacheRule',
]

describe.skipIf(startMoto === undefined)('moto', () => {
  const start = async () => (await startMoto?.(await temporaryFolder())) ?? ''

  test('gives gantry a password, by its own account and by a role of another', async () => {
    const url = await start()
    const folder = await temporaryFolder()
    const role = `arn:aws:iam::${accounts.prod}:role/release`
    await writeFile(
      join(folder, 'repos.yaml'),
      `version: 1\naccounts:\n  own: {id: "${motoAccount}", region: eu-west-1}\n  prod: {id: "${accounts.prod}", region: eu-west-1, role: "${role}"}\n`,
    )
    const env = {...keysOf(motoAccount), AWS_ENDPOINT_URL: url}
    for (const [alias, account] of [
      ['own', motoAccount],
      ['prod', accounts.prod],
    ] as const) {
      const login = await runGantry(['login', alias, '--print'], {cwd: folder, env})
      expect(login).toMatchObject({status: 0, stdout: `${account}-auth-token\n`})
    }
  })

  test('lacks these operations, and no others', async () => {
    const isUnknown = ({status}: {status: number}) => status === 500
    expect(await unknownOperations(await start(), isUnknown)).toEqual(
      [...rare, 'GetDownloadUrlForLayer'].toSorted(),
    )
  })

  test('lacks a registry: gantry is told so by name', async () => {
    const url = await start()
    expect((await http(`${url}/v2/`)).status).toBe(404)
    const estate = await startEstate(await temporaryFolder(), name)
    const {items} = await runJson<PromotionItem>(
      [
        'promote',
        `${new URL(url).host}/${name}:v1`,
        '--to',
        `${accounts.prod}.dkr.ecr.eu-west-1.amazonaws.com`,
      ],
      {cwd: estate.folder, env: {GANTRY_SANDBOX: estate.sandbox.url}},
    )
    expect(items).toMatchObject([{outcome: 'failed'}])
  })
})

describe.skipIf(startMinistack === undefined)('ministack', () => {
  /** With the repository in each account that is used. */
  async function start() {
    const url = (await startMinistack?.(await temporaryFolder())) ?? ''
    for (const account of [ministackAccount, ...Object.values(accounts)])
      await ecrClient({url}, account).send(new CreateRepositoryCommand({repositoryName: name}))
    return {url, host: new URL(url).host}
  }

  test('gives gantry its password', async () => {
    const {url} = await start()
    const registry = `${accounts.dev}.dkr.ecr.eu-west-1.amazonaws.com`
    const env = {...keysOf(accounts.dev), AWS_ENDPOINT_URL: url}
    expect(await runGantry(['login', registry, '--print'], {env})).toMatchObject({
      status: 0,
      stdout: 'ministack-auth-token\n',
    })
  })

  test('takes an image with its SBOM from the sandbox, as any registry, and gives it back', async () => {
    const {host} = await start()
    const estate = await startEstate(await temporaryFolder(), name)
    const image = await buildTwoPlatforms(true)
    await pushImage((await estate.open('dev')).repository(name), image, 'v1')
    const there = await estate.promote(`dev/${name}:v1`, '--to', host)
    expect(there.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
    await expectImage(openRegistry(host).repository(name), image, 'v1')
    const back = await estate.promote(`${host}/${name}:v1`, '--to', 'prod')
    expect(back.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest, referrers: 1}])
    await expectImage((await estate.open('prod')).repository(name), image, 'v1')
  })

  test("gives gantry all of ECR but what refers to an image, under AWS's host names", async () => {
    const {url, host} = await start()
    const image = await buildTwoPlatforms()
    await pushImage(openRegistry(host).repository(name), image, 'v1')
    const [dev, prod] = Object.values(accounts).map(account => `${account}.dkr.ecr.eu-west-1.amazonaws.com`)
    // What takes the sandbox's place answers all host names.
    const env = {GANTRY_SANDBOX: url}
    const promote = (...args: string[]) => runJson<PromotionItem>(['promote', ...args], {env})
    expect((await promote(`${host}/${name}:v1`, '--to', `${dev}`)).items).toMatchObject([
      {outcome: 'promoted'},
    ])

    const copied = await promote(`${dev}/${name}:v1`, '--to', `${prod}`)
    expect(copied.items).toMatchObject([{outcome: 'failed'}])
    expect(JSON.stringify(copied.items)).toContain('Unknown action: ListImageReferrers')
    const alone = await promote(`${dev}/${name}:v1`, '--to', `${prod}`, '--no-referrers')
    expect(alone.items).toMatchObject([{outcome: 'promoted', digest: image.root.digest}])
    const again = await promote(`${dev}/${name}:v1`, '--to', `${prod}`, '--no-referrers')
    expect(again.items).toMatchObject([{outcome: 'unchanged'}])
    expect(again.summary).toMatchObject({mutatingRequests: 0})
  })

  test('lacks these operations, and no others', async () => {
    const {url} = await start()
    const isUnknown = ({text}: {text: string}) => text.includes('Unknown action')
    expect(await unknownOperations(url, isUnknown)).toEqual(
      [
        ...rare,
        'BatchGetRepositoryScanningConfiguration',
        'DeleteRegistryPolicy',
        'DescribeImageScanFindings',
        'GetRegistryPolicy',
        'GetRegistryScanningConfiguration',
        'PutRegistryPolicy',
        'PutRegistryScanningConfiguration',
        'PutReplicationConfiguration',
        'StartImageScan',
      ].toSorted(),
    )
  })

  test('lacks passwords, referrers and presigned links', async () => {
    const {url, host} = await start()
    expect((await http(`${url}/v2/`)).status, 'asks nobody for a password').toBe(200)
    const image = await buildTwoPlatforms(true)
    await pushImage(openRegistry(host).repository(name), image, 'v1')
    const referrers = await http(`${url}/v2/${name}/referrers/${image.root.digest}`)
    expect(referrers.status, 'lists no referrers').toBe(400)
    const [blob = ''] = image.blobs.keys()
    const {status} = await http(`${url}/v2/${name}/blobs/${blob}`)
    expect(status, 'does not redirect').toBe(200)
  })
})

function keysOf(account: string) {
  return {AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'eu-west-1'}
}
