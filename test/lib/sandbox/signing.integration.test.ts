import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DeleteSigningConfigurationCommand,
  DescribeImageSigningStatusCommand,
  type ECRClient,
  GetSigningConfigurationCommand,
  ListImageReferrersCommand,
  PutSigningConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import type {Sandbox, SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {dev, ecrClient, openSandbox, putSmallImage, region} from './support.ts'

const release = `arn:aws:signer:${region}:${dev}:/signing-profiles/release`
const audit = `arn:aws:signer:${region}:222222222222:/signing-profiles/audit`
const signatureType = 'application/vnd.cncf.notary.signature'

async function stopped(options: SandboxOptions = {}): Promise<{sandbox: Sandbox; client: ECRClient}> {
  const sandbox = await openSandbox({durations: {signing: 1000}, ...options})
  await sandbox.setClock(1_700_000_000_000)
  return {sandbox, client: ecrClient(sandbox)}
}

function configure(client: ECRClient, profiles: Readonly<Record<string, string | undefined>>) {
  const rules = Object.entries(profiles).map(([signingProfileArn, filter]) => ({
    signingProfileArn,
    ...(filter === undefined ? {} : {repositoryFilters: [{filter, filterType: 'WILDCARD_MATCH' as const}]}),
  }))
  return client.send(new PutSigningConfigurationCommand({signingConfiguration: {rules}}))
}

async function signings(client: ECRClient, repositoryName: string, imageDigest: string) {
  const {signingStatuses} = await client.send(
    new DescribeImageSigningStatusCommand({repositoryName, imageId: {imageDigest}}),
  )
  return signingStatuses
}

async function referrers(client: ECRClient, repositoryName: string, imageDigest: string) {
  const {referrers} = await client.send(
    new ListImageReferrersCommand({repositoryName, subjectId: {imageDigest}}),
  )
  return referrers ?? []
}

describe('the signing configuration', () => {
  test('is put, read and deleted as a whole', async () => {
    const {client} = await stopped()
    const get = () => client.send(new GetSigningConfigurationCommand({}))
    const missing = {
      name: 'SigningConfigurationNotFoundException',
      message: `Signing configuration does not exist in the registry with id '${dev}'`,
    }
    await expect(get()).rejects.toMatchObject(missing)
    const {signingConfiguration} = await configure(client, {[release]: 'team/*', [audit]: undefined})
    expect(signingConfiguration?.rules).toEqual([
      {
        signingProfileArn: release,
        repositoryFilters: [{filter: 'team/*', filterType: 'WILDCARD_MATCH'}],
      },
      {signingProfileArn: audit},
    ])
    expect(await get()).toMatchObject({registryId: dev, signingConfiguration})
    expect(await client.send(new DeleteSigningConfigurationCommand({}))).toMatchObject({
      registryId: dev,
      signingConfiguration,
    })
    await expect(get()).rejects.toMatchObject(missing)
    await expect(client.send(new DeleteSigningConfigurationCommand({}))).rejects.toMatchObject(missing)
  })

  test('has at most ten rules, or as few as the quota says', async () => {
    const {sandbox, client} = await stopped()
    const profiles = (count: number) =>
      Object.fromEntries(Array.from({length: count}, (_, n) => [`${release}${n}`, undefined]))
    await expect(configure(client, profiles(10))).resolves.toBeDefined()
    await expect(configure(client, profiles(11))).rejects.toMatchObject({name: 'InvalidParameterException'})
    sandbox.setQuotas({signingRules: 2})
    await expect(configure(client, profiles(3))).rejects.toMatchObject({name: 'ValidationException'})
  })
})

describe('an image that is pushed', () => {
  test('is signed by each profile whose filters match, and has the signatures as referrers', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, {[release]: 'team/*', [audit]: undefined, [`${release}2`]: 'other'})
    const {digest} = await putSmallImage(client, 'team/app', 'v1')
    expect(await signings(client, 'team/app', digest)).toEqual([
      {signingProfileArn: release, status: 'IN_PROGRESS'},
      {signingProfileArn: audit, status: 'IN_PROGRESS'},
    ])
    expect(await referrers(client, 'team/app', digest)).toEqual([])
    await sandbox.advanceClock(1000)
    expect(await signings(client, 'team/app', digest)).toEqual([
      {signingProfileArn: release, status: 'COMPLETE'},
      {signingProfileArn: audit, status: 'COMPLETE'},
    ])
    const signatures = await referrers(client, 'team/app', digest)
    expect(signatures.map(({artifactType}) => artifactType)).toEqual([signatureType, signatureType])
    const {images} = await client.send(
      new BatchGetImageCommand({
        repositoryName: 'team/app',
        imageIds: [{imageDigest: signatures[0]?.digest}],
      }),
    )
    expect(JSON.parse(images?.[0]?.imageManifest ?? '')).toMatchObject({
      artifactType: signatureType,
      subject: {mediaType: 'application/vnd.oci.image.manifest.v1+json', digest},
      layers: [{mediaType: 'application/jose+json'}],
    })
  })

  test('is not signed where no rule is for its repository', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, {[release]: 'team/*'})
    const {digest} = await putSmallImage(client, 'app')
    await sandbox.advanceClock(1000)
    expect(await signings(client, 'app', digest)).toEqual([])
    expect(await referrers(client, 'app', digest)).toEqual([])
  })

  test('is signed once, and its signatures are not', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, {[release]: undefined})
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(1000)
    const [signature] = await referrers(client, 'app', digest)
    const signatureDigest = signature?.digest ?? ''
    await putSmallImage(client, 'app', 'v2')
    await sandbox.advanceClock(1000)
    expect(await referrers(client, 'app', digest)).toHaveLength(1)
    expect(await signings(client, 'app', signatureDigest)).toEqual([])
    expect(await referrers(client, 'app', signatureDigest)).toEqual([])
  })

  test('is not signed by a profile of another region', async () => {
    const {sandbox, client} = await stopped()
    const elsewhere = `arn:aws:signer:us-east-1:${dev}:/signing-profiles/release`
    await configure(client, {[elsewhere]: undefined})
    const {digest} = await putSmallImage(client, 'app')
    await sandbox.advanceClock(1000)
    expect(await signings(client, 'app', digest)).toEqual([
      {
        signingProfileArn: elsewhere,
        status: 'FAILED',
        failureCode: 'SigningProfileRegionMismatch',
        failureReason: `The signing profile must be in the region ${region}`,
      },
    ])
    expect(await referrers(client, 'app', digest)).toEqual([])
  })

  test('is not signed where the repository has no room for the signature', async () => {
    const {sandbox, client} = await stopped({quotas: {imagesPerRepository: 1}})
    await configure(client, {[release]: undefined})
    const {digest} = await putSmallImage(client, 'app')
    await sandbox.advanceClock(1000)
    expect(await signings(client, 'app', digest)).toMatchObject([
      {status: 'FAILED', failureCode: 'LimitExceededException'},
    ])
  })

  test('and is deleted before it is signed, is forgotten', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, {[release]: undefined})
    const {digest} = await putSmallImage(client, 'app')
    await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest: digest}]}))
    await sandbox.advanceClock(1000)
    await expect(signings(client, 'app', digest)).rejects.toMatchObject({name: 'ImageNotFoundException'})
  })
})
