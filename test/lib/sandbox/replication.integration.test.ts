import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  PutImageCommand,
  PutReplicationConfigurationCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  away,
  call,
  client,
  delay,
  home,
  imagesOf,
  letReplicate,
  openStill,
  replicateTo,
  start,
  statusOf,
  told,
} from './replication-support.ts'
import {
  describe as describeContent,
  dev,
  indexType,
  manifestType,
  openSandbox,
  prod,
  putSmallImage,
  sha256,
} from './support.ts'

const shortly = delay + 1

async function open() {
  const sandbox = await openStill()
  return {sandbox, ecr: client(sandbox), there: client(sandbox, away)}
}

test('rules replace all rules before them, and none clears them', async () => {
  const {ecr} = await open()
  const described = async () => (await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration
  expect(await described()).toEqual({rules: []})
  await replicateTo(ecr, [{region: away}], ['team/'])
  await replicateTo(ecr, [{region: 'eu-north-1'}])
  expect(await described()).toEqual({rules: [{destinations: [{region: 'eu-north-1', registryId: dev}]}]})
  await ecr.send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: []}}))
  expect(await described()).toEqual({rules: []})
})

test('a registry cannot replicate to itself, to another partition, or to more than 25 others', async () => {
  const {ecr} = await open()
  await expect(replicateTo(ecr, [{region: away}, {region: home}])).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot be the same as the source registry'",
  })
  await expect(replicateTo(ecr, [{region: 'cn-north-1'}])).rejects.toMatchObject({
    name: 'ValidationException',
  })
  const many = Array.from({length: 26}, (_, n) => ({region: away, registryId: String(100_000_000_000 + n)}))
  await expect(replicateTo(ecr, many)).rejects.toMatchObject({name: 'ValidationException'})
  await replicateTo(ecr, [...many.slice(1), ...many.slice(1)])
})

test('what is pushed after the rules arrives later, byte for byte, in a repository that is made for it', async () => {
  const {sandbox, ecr, there} = await open()
  const before = await putSmallImage(ecr, 'app', 'before', 'before')
  await replicateTo(ecr, [{region: away}])
  const {digest} = await putSmallImage(ecr, 'app', 'v1')
  expect(await imagesOf(there, 'app')).toBeUndefined()
  expect(await statusOf(ecr, 'app', digest)).toEqual([{region: away, registryId: dev, status: 'IN_PROGRESS'}])
  await sandbox.advanceClock(delay - 1)
  expect(await imagesOf(there, 'app')).toBeUndefined()
  await sandbox.advanceClock(1)
  expect(await imagesOf(there, 'app')).toEqual(new Map([[digest, ['v1']]]))
  expect(await statusOf(ecr, 'app', digest)).toEqual([{region: away, registryId: dev, status: 'COMPLETE'}])
  expect(await statusOf(ecr, 'app', before.digest)).toEqual([])
  const {imageDetails} = await there.send(new DescribeImagesCommand({repositoryName: 'app'}))
  expect(imageDetails?.[0]?.imagePushedAt).toEqual(new Date(start + delay))
  expect(told(sandbox, 'ECR Replication Action')).toEqual([
    {
      account: dev,
      region: away,
      resources: [`arn:aws:ecr:${away}:${dev}:repository/app`],
      result: 'SUCCESS',
      'repository-name': 'app',
      'image-digest': digest,
      'source-account': dev,
      'action-type': 'REPLICATE',
      'source-region': home,
      'image-tag': 'v1',
    },
  ])
})

test('filters are plain prefixes of the repository name', async () => {
  const {sandbox, ecr, there} = await open()
  await replicateTo(ecr, [{region: away}], ['prod', 'other/'])
  for (const name of ['prod/api', 'production/api', 'my/prod', 'other', 'other/x']) {
    await putSmallImage(ecr, name, 'v1')
  }
  await sandbox.advanceClock(shortly)
  const {repositories = []} = await there.send(new DescribeRepositoriesCommand({}))
  expect(repositories.map(({repositoryName}) => repositoryName)).toEqual([
    'other/x',
    'prod/api',
    'production/api',
  ])
})

test('replication goes one step, not on to the destinations of its destination', async () => {
  const {sandbox, ecr, there} = await open()
  const third = client(sandbox, 'ap-south-1')
  await replicateTo(ecr, [{region: away}])
  await replicateTo(there, [{region: 'ap-south-1'}])
  await putSmallImage(ecr, 'app', 'v1')
  await sandbox.advanceClock(10 * delay)
  expect(await imagesOf(there, 'app')).toHaveLength(1)
  expect(await imagesOf(third, 'app')).toBeUndefined()
})

test('each push replicates once: what is deleted at the destination stays so until it is pushed again', async () => {
  const {sandbox, ecr, there} = await open()
  await replicateTo(ecr, [{region: away}])
  const {digest, manifest} = await putSmallImage(ecr, 'app', 'v1')
  await sandbox.advanceClock(shortly)
  const imageIds = [{imageDigest: digest}]
  await there.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds}))
  await sandbox.advanceClock(10 * delay)
  expect(await imagesOf(there, 'app')).toEqual(new Map())
  await ecr.send(new PutImageCommand({repositoryName: 'app', imageManifest: manifest, imageTag: 'v2'}))
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toEqual(new Map([[digest, ['v2']]]))
})

test('an index arrives with all that it lists, and a referrer with what it refers to', async () => {
  const {sandbox, ecr, there} = await open()
  const amd = await putSmallImage(ecr, 'app', undefined, 'amd')
  const arm = await putSmallImage(ecr, 'app', undefined, 'arm')
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [amd, arm].map(({manifest}) => describeContent(manifestType, manifest)),
  })
  await replicateTo(ecr, [{region: away}])
  await ecr.send(new PutImageCommand({repositoryName: 'app', imageManifest: index, imageTag: 'v1'}))
  const referrer = JSON.stringify({
    ...JSON.parse(amd.manifest),
    subject: describeContent(indexType, index),
    artifactType: 'application/vnd.example.signature',
  })
  await ecr.send(new PutImageCommand({repositoryName: 'app', imageManifest: referrer}))
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toEqual(
    new Map(
      [amd.digest, arm.digest, sha256(index), sha256(referrer)]
        .toSorted()
        .map(digest => [digest, digest === sha256(index) ? ['v1'] : []]),
    ),
  )
})

test('a tag that is immutable at the destination stays; the image arrives without it', async () => {
  const {sandbox, ecr, there} = await open()
  await there.send(new CreateRepositoryCommand({repositoryName: 'app', imageTagMutability: 'IMMUTABLE'}))
  await replicateTo(ecr, [{region: away}])
  const first = await putSmallImage(ecr, 'app', 'v1', 'first')
  await sandbox.advanceClock(shortly)
  const second = await putSmallImage(ecr, 'app', 'v1', 'second')
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toEqual(
    new Map(
      [first, second]
        .toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
        .map(image => [image.digest, image === first ? ['v1'] : []]),
    ),
  )
  expect(await statusOf(ecr, 'app', second.digest)).toMatchObject([{status: 'COMPLETE'}])
})

test('another account takes what its registry policy lets in, and makes repositories only if that is said too', async () => {
  const {sandbox, ecr} = await open()
  const theirs = client(sandbox, home, prod)
  await replicateTo(ecr, [{region: home, registryId: prod}])
  const {digest} = await putSmallImage(ecr, 'app', 'v1')
  await sandbox.advanceClock(shortly)
  const failed = {region: home, registryId: prod, status: 'FAILED', failureCode: 'AccessDenied'}
  expect(await statusOf(ecr, 'app', digest)).toEqual([failed])
  expect(told(sandbox, 'ECR Replication Action')).toMatchObject([{account: prod, result: 'FAILED'}])

  await letReplicate(theirs, dev, 'ecr:ReplicateImage')
  await putSmallImage(ecr, 'app', 'v2')
  await sandbox.advanceClock(shortly)
  expect(await statusOf(ecr, 'app', digest)).toEqual([failed])
  await theirs.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  await putSmallImage(ecr, 'app', 'v3')
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(theirs, 'app')).toEqual(new Map([[digest, ['v3']]]))

  await letReplicate(theirs, dev, 'ecr:ReplicateImage', 'ecr:CreateRepository')
  await putSmallImage(ecr, 'new', 'v1')
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(theirs, 'new')).toEqual(new Map([[digest, ['v1']]]))
})

test('a repository is made as the most specific template for replication says', async () => {
  const {sandbox, ecr, there} = await open()
  const repositoryPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{Sid: 'read', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}],
  })
  const lifecyclePolicy = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: {tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 3},
        action: {type: 'expire'},
      },
    ],
  })
  const template = (prefix: string, appliedFor: 'REPLICATION' | 'PULL_THROUGH_CACHE', description: string) =>
    new CreateRepositoryCreationTemplateCommand({
      prefix,
      appliedFor: [appliedFor],
      imageTagMutability: description === 'immutable' ? 'IMMUTABLE' : 'MUTABLE',
      ...(description === 'immutable' ? {repositoryPolicy, lifecyclePolicy} : {}),
    })
  await there.send(template('ROOT', 'REPLICATION', ''))
  await there.send(template('team', 'REPLICATION', 'immutable'))
  await there.send(template('team/blue', 'PULL_THROUGH_CACHE', ''))
  await replicateTo(ecr, [{region: away}])
  for (const name of ['team/blue/app', 'teams/app', 'team']) await putSmallImage(ecr, name.padEnd(4), 'v1')
  await sandbox.advanceClock(shortly)
  const {repositories = []} = await there.send(new DescribeRepositoriesCommand({}))
  expect(
    repositories.map(({repositoryName, imageTagMutability}) => [repositoryName, imageTagMutability]),
  ).toEqual([
    ['team', 'MUTABLE'],
    ['team/blue/app', 'IMMUTABLE'],
    ['teams/app', 'MUTABLE'],
  ])
  const repositoryName = 'team/blue/app'
  expect(await there.send(new GetRepositoryPolicyCommand({repositoryName}))).toHaveProperty('policyText')
  expect(await there.send(new GetLifecyclePolicyCommand({repositoryName}))).toMatchObject({
    lifecyclePolicyText: lifecyclePolicy,
  })
})

test('a template with tags or a key but no role makes nothing, and the replication fails', async () => {
  const {sandbox, ecr, there} = await open()
  const template = {prefix: 'app', appliedFor: ['REPLICATION' as const]}
  await there.send(
    new CreateRepositoryCreationTemplateCommand({
      ...template,
      encryptionConfiguration: {encryptionType: 'KMS'},
    }),
  )
  await there.send(
    new CreateRepositoryCreationTemplateCommand({
      ...template,
      prefix: 'tagged',
      resourceTags: [{Key: 'a', Value: 'b'}],
      customRoleArn: `arn:aws:iam::${dev}:role/creator`,
    }),
  )
  await replicateTo(ecr, [{region: away}])
  const {digest} = await putSmallImage(ecr, 'app/x', 'v1')
  await putSmallImage(ecr, 'tagged/x', 'v1')
  await sandbox.advanceClock(shortly)
  expect(await statusOf(ecr, 'app/x', digest)).toMatchObject([
    {status: 'FAILED', failureCode: 'AccessDenied'},
  ])
  expect(await statusOf(ecr, 'tagged/x', digest)).toMatchObject([{status: 'COMPLETE'}])
})

test('archiving stays at home, and an image that is archived at the destination is restored there', async () => {
  const {sandbox, ecr, there} = await open()
  await replicateTo(ecr, [{region: away}])
  const {digest} = await putSmallImage(ecr, 'app', 'v1')
  await sandbox.advanceClock(shortly)
  const archive = {
    repositoryName: 'app',
    imageId: {imageDigest: digest},
    targetStorageClass: 'ARCHIVE' as const,
  }
  const statusThere = async () => {
    const {imageDetails} = await there.send(
      new DescribeImagesCommand({repositoryName: 'app', filter: {imageStatus: 'ANY'}}),
    )
    return imageDetails?.[0]?.imageStatus
  }
  await ecr.send(new UpdateImageStorageClassCommand(archive))
  await sandbox.advanceClock(shortly)
  expect(await statusThere()).toBe('ACTIVE')
  await there.send(new UpdateImageStorageClassCommand(archive))
  expect(await statusThere()).toBe('ARCHIVED')
  await ecr.send(new UpdateImageStorageClassCommand({...archive, targetStorageClass: 'STANDARD'}))
  await sandbox.advanceClock(20 * 60 * 1000)
  expect(await statusThere()).toBe('ARCHIVED')
  await sandbox.advanceClock(shortly)
  expect(await statusThere()).toBe('ACTIVE')
})

test('deletions stay at home unless a rule replicates them', async () => {
  const {sandbox, ecr, there} = await open()
  await replicateTo(ecr, [{region: away}])
  const {digest} = await putSmallImage(ecr, 'app', 'v1')
  await sandbox.advanceClock(shortly)
  const all = {repositoryName: 'app', imageIds: [{imageDigest: digest}]}
  await ecr.send(new BatchDeleteImageCommand(all))
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toHaveLength(1)
  await expect(
    ecr.send(
      new DescribeImageReplicationStatusCommand({repositoryName: 'app', imageId: {imageDigest: digest}}),
    ),
  ).rejects.toMatchObject({name: 'ImageNotFoundException'})

  const destinations = [{region: away, registryId: dev}]
  const replicationConfiguration = {rules: [{destinations, deleteReplication: {enabled: true}}]}
  await call(sandbox, 'PutReplicationConfiguration', {replicationConfiguration})
  expect(await call(sandbox, 'DescribeRegistry', {})).toEqual({registryId: dev, replicationConfiguration})
  for (const tag of ['v1', 'v2', 'v3']) await putSmallImage(ecr, 'app', tag)
  await sandbox.advanceClock(shortly)
  await ecr.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageTag: 'v1'}]}))
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toEqual(new Map([[digest, ['v2', 'v3']]]))
  await ecr.send(
    new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageTag: 'v2'}, {imageTag: 'v3'}]}),
  )
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toEqual(new Map())
})

test('an image that is deleted before it replicates does not arrive', async () => {
  const {sandbox, ecr, there} = await open()
  await replicateTo(ecr, [{region: away}])
  const {digest} = await putSmallImage(ecr, 'app', 'v1')
  await ecr.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest: digest}]}))
  await sandbox.advanceClock(shortly)
  expect(await imagesOf(there, 'app')).toBeUndefined()
})

test('what was due while the sandbox was down happens when it is back', async () => {
  const data = await temporaryFolder()
  const before = await openSandbox({data, durations: {replication: delay}})
  await before.setClock(start)
  await replicateTo(client(before), [{region: away}])
  const {digest} = await putSmallImage(client(before), 'app', 'v1')
  await before.close()
  const after = await openSandbox({data})
  await after.setClock(start + delay)
  expect(await imagesOf(client(after, away), 'app')).toEqual(new Map([[digest, ['v1']]]))
})
