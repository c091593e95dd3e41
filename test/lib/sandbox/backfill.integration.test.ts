import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeReplicationBackfillResultsCommand,
  type ECRClient,
  ListReplicationBackfillsCommand,
  PutImageCommand,
  paginateDescribeReplicationBackfillResults,
  paginateListReplicationBackfills,
  StartReplicationBackfillCommand,
  StopReplicationBackfillCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {
  away,
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
  prod,
  putSmallImage,
  sha256,
} from './support.ts'

const day = 24 * 60 * 60 * 1000

async function open() {
  const sandbox = await openStill()
  return {sandbox, ecr: client(sandbox), there: client(sandbox, away)}
}

async function begin(ecr: ECRClient, region = away, registryId = dev): Promise<string> {
  const started = await ecr.send(new StartReplicationBackfillCommand({destination: {region, registryId}}))
  return started.replicationBackfillId ?? ''
}

function resultsOf(ecr: ECRClient, replicationBackfillId: string, more = {}) {
  return ecr.send(new DescribeReplicationBackfillResultsCommand({replicationBackfillId, ...more}))
}

/** Tags an image so often. */
async function tagTimes(ecr: ECRClient, repositoryName: string, times: number) {
  const {manifest, digest} = await putSmallImage(ecr, repositoryName, 't0')
  for (let n = 1; n < times; n++) {
    await ecr.send(new PutImageCommand({repositoryName, imageManifest: manifest, imageTag: `t${n}`}))
  }
  return digest
}

test('what was there before the rules arrives: each image and tag that matches them', async () => {
  const {sandbox, ecr, there} = await open()
  const {digest, manifest} = await putSmallImage(ecr, 'team/app', 'v1')
  await putSmallImage(ecr, 'team/app', 'v2')
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [describeContent(manifestType, manifest)],
  })
  await ecr.send(new PutImageCommand({repositoryName: 'team/app', imageManifest: index}))
  await putSmallImage(ecr, 'other', 'v1')
  await replicateTo(ecr, [{region: away}], ['team/'])
  const destination = {region: away, registryId: dev}
  const started = await ecr.send(new StartReplicationBackfillCommand({destination}))
  const replicationBackfillId = started.replicationBackfillId ?? ''
  expect(started).toMatchObject({
    registryId: dev,
    destination,
    status: 'PREPARING',
    startedAt: new Date(start),
  })
  const {backfills} = await ecr.send(new ListReplicationBackfillsCommand({}))
  expect(backfills).toEqual([
    {replicationBackfillId, destination, status: 'PREPARING', startedAt: new Date(start)},
  ])

  await sandbox.advanceClock(delay)
  const underWay = await resultsOf(ecr, replicationBackfillId)
  expect(underWay).toMatchObject({
    status: 'IN_PROGRESS',
    progress: {
      totalReplicationCount: 3,
      completedReplicationCount: 0,
      failedReplicationCount: 0,
      failureCodes: [],
    },
    results: [],
  })
  expect(await imagesOf(there, 'team/app')).toBeUndefined()

  await sandbox.advanceClock(delay)
  const {results, ...done} = await resultsOf(ecr, replicationBackfillId)
  expect(done).toMatchObject({
    status: 'COMPLETE',
    startedAt: new Date(start),
    endedAt: new Date(start + 2 * delay),
    progress: {
      totalReplicationCount: 3,
      completedReplicationCount: 3,
      failedReplicationCount: 0,
      failureCodes: [],
    },
  })
  const result = (imageDigest: string, imageTag?: string) => ({
    repositoryName: 'team/app',
    imageId: {imageDigest, ...(imageTag && {imageTag})},
    status: 'COMPLETE',
    ...(imageDigest === sha256(index) && {subImageFailureCodes: []}),
  })
  expect(results).toHaveLength(3)
  expect(results).toEqual(
    expect.arrayContaining([result(digest, 'v1'), result(digest, 'v2'), result(sha256(index))]),
  )
  const arrived = await imagesOf(there, 'team/app')
  expect(new Map([...(arrived ?? [])].map(([id, tags]) => [id, tags.toSorted()]))).toEqual(
    new Map([
      [digest, ['v1', 'v2']],
      [sha256(index), []],
    ]),
  )
  expect(await imagesOf(there, 'other')).toBeUndefined()
  expect(await statusOf(ecr, 'team/app', digest)).toMatchObject([{status: 'COMPLETE'}])
  expect(told(sandbox, 'ECR Replication Backfill Action')).toMatchObject([
    {region: home, 'replication-backfill-id': replicationBackfillId, 'backfill-status': 'COMPLETE'},
  ])
})

test('a destination must be in the rules, and one backfill goes to each region, ten in all', async () => {
  const {sandbox, ecr} = await open()
  await expect(begin(ecr)).rejects.toMatchObject({name: 'InvalidParameterException'})
  const regions = Array.from({length: 11}, (_, n) => `eu-test-${n + 1}`)
  await replicateTo(ecr, [...regions.map(region => ({region})), {region: 'eu-test-1', registryId: prod}])
  const first = await begin(ecr, 'eu-test-1')
  await expect(begin(ecr, 'eu-test-1', prod)).rejects.toMatchObject({
    name: 'ReplicationBackfillInProgressException',
  })
  for (const region of regions.slice(1, 10)) await begin(ecr, region)
  await expect(begin(ecr, 'eu-test-11')).rejects.toMatchObject({name: 'LimitExceededException'})
  await ecr.send(new StopReplicationBackfillCommand({replicationBackfillId: first}))
  await begin(ecr, 'eu-test-11')
  await sandbox.advanceClock(2 * delay)
  await begin(ecr, 'eu-test-1', prod)
})

test('a backfill fails once half of a hundred replications have failed', async () => {
  const {sandbox, ecr} = await open()
  const theirs = client(sandbox, home, prod)
  await letReplicate(theirs, dev, 'ecr:ReplicateImage')
  await theirs.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  await tagTimes(ecr, 'app', 50)
  await tagTimes(ecr, 'next', 200)
  await replicateTo(ecr, [{region: home, registryId: prod}])
  const id = await begin(ecr, home, prod)
  await sandbox.advanceClock(day)
  const failed = await resultsOf(ecr, id, {resultStatusFilter: 'FAILED', maxResults: 1000})
  expect(failed).toMatchObject({
    status: 'FAILED',
    failureCode: expect.any(String),
    progress: {
      totalReplicationCount: 250,
      completedReplicationCount: 50,
      failedReplicationCount: 50,
      failureCodes: ['AccessDenied'],
    },
  })
  expect(failed.results).toHaveLength(50)
  expect(failed.results?.[0]).toMatchObject({
    repositoryName: 'next',
    status: 'FAILED',
    failureCode: 'AccessDenied',
  })
})

test('fewer than a hundred failures of any share do not fail it', async () => {
  const {sandbox, ecr} = await open()
  await tagTimes(ecr, 'app', 99)
  await replicateTo(ecr, [{region: home, registryId: prod}])
  const id = await begin(ecr, home, prod)
  await sandbox.advanceClock(day)
  expect(await resultsOf(ecr, id)).toMatchObject({
    status: 'COMPLETE',
    progress: {completedReplicationCount: 0, failedReplicationCount: 99},
  })
})

test('an index whose image does not arrive says why', async () => {
  const {sandbox, ecr} = await open()
  const {manifest} = await putSmallImage(ecr, 'app', undefined)
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [describeContent(manifestType, manifest)],
  })
  await ecr.send(new PutImageCommand({repositoryName: 'app', imageManifest: index, imageTag: 'v1'}))
  await replicateTo(ecr, [{region: away}])
  sandbox.setQuotas({imagesPerRepository: 0})
  const id = await begin(ecr)
  await sandbox.advanceClock(day)
  const {results = []} = await resultsOf(ecr, id)
  expect(results.find(({imageId}) => imageId?.imageTag === 'v1')).toMatchObject({
    status: 'FAILED',
    failureCode: 'ReferencedImagesNotFound',
    subImageFailureCodes: ['LimitExceeded'],
  })
})

test('images whose repository is deleted meanwhile have failed', async () => {
  const {sandbox, ecr} = await open()
  await putSmallImage(ecr, 'app', 'v1')
  await replicateTo(ecr, [{region: away}])
  const id = await begin(ecr)
  await sandbox.advanceClock(delay)
  await ecr.send(new DeleteRepositoryCommand({repositoryName: 'app', force: true}))
  await sandbox.advanceClock(delay)
  expect((await resultsOf(ecr, id)).results).toMatchObject([{status: 'FAILED', failureCode: 'ImageNotFound'}])
})

test('it stops at once while it is prepared, and then after what is under way', async () => {
  const {sandbox, ecr, there} = await open()
  await tagTimes(ecr, 'app', 150)
  await replicateTo(ecr, [{region: away}])
  const stop = (replicationBackfillId: string) =>
    ecr.send(new StopReplicationBackfillCommand({replicationBackfillId}))
  const first = await begin(ecr)
  expect(await stop(first)).toMatchObject({status: 'STOPPED', replicationBackfillId: first})
  const stopped = await resultsOf(ecr, first)
  expect(stopped).toMatchObject({status: 'STOPPED', results: []})
  expect(stopped.progress).toBeUndefined()

  const second = await begin(ecr)
  await sandbox.advanceClock(delay)
  expect(await stop(second)).toMatchObject({status: 'STOPPING'})
  await expect(stop(second)).rejects.toMatchObject({name: 'ReplicationBackfillInvalidStatusException'})
  await sandbox.advanceClock(delay)
  expect(await resultsOf(ecr, second)).toMatchObject({
    status: 'STOPPED',
    progress: {totalReplicationCount: 150, completedReplicationCount: 100},
  })
  expect(await imagesOf(there, 'app')).toHaveLength(1)
  await expect(stop(second)).rejects.toMatchObject({name: 'ReplicationBackfillInvalidStatusException'})
  await expect(stop('01234567-89ab-cdef-0123-456789abcdef')).rejects.toMatchObject({
    name: 'ReplicationBackfillNotFoundException',
  })
})

test('results and backfills come in pages, and are forgotten after 90 days', async () => {
  const {sandbox, ecr} = await open()
  await tagTimes(ecr, 'app', 5)
  await replicateTo(ecr, [{region: away}])
  const ids = []
  for (let n = 0; n < 3; n++) {
    ids.push(await begin(ecr))
    await sandbox.advanceClock(2 * delay)
  }
  const listed = []
  for await (const page of paginateListReplicationBackfills({client: ecr, pageSize: 2}, {})) {
    listed.push(page.backfills?.map(({replicationBackfillId}) => replicationBackfillId))
  }
  expect(listed).toEqual([ids.slice(0, 2), ids.slice(2)])
  const [id = ''] = ids
  const tags = []
  const pages = paginateDescribeReplicationBackfillResults(
    {client: ecr, pageSize: 2},
    {replicationBackfillId: id},
  )
  for await (const {results = []} of pages) tags.push(results.map(({imageId}) => imageId?.imageTag))
  expect(tags).toEqual([['t0', 't1'], ['t2', 't3'], ['t4']])

  await sandbox.setClock(start + 2 * delay + 90 * day - 1)
  expect(await resultsOf(ecr, id)).toMatchObject({status: 'COMPLETE'})
  await sandbox.advanceClock(1)
  await expect(resultsOf(ecr, id)).rejects.toMatchObject({name: 'ReplicationBackfillNotFoundException'})
  const {backfills} = await ecr.send(new ListReplicationBackfillsCommand({}))
  expect(backfills).toHaveLength(2)
})
