import {beforeEach, expect, test} from 'vitest'
import {type BackfillResultsOrder, runBackfillResults} from '../../../src/lib/replication/backfill-results.ts'
import {dev, openReplicationWorld, prod, type ReplicationWorld} from '../../support/replication-world.ts'
import {startScanFront} from '../../support/scan-front.ts'
import {type Around, allowOnly, aroundOf, start, tagTimes} from './backfill-support.ts'

let world: ReplicationWorld
let around: Around

beforeEach(async () => {
  world = await openReplicationWorld()
  around = await aroundOf(world)
})

const hour = 3_600_000

const results = (order: Partial<BackfillResultsOrder> = {}) =>
  runBackfillResults({source: 'dev@eu-west-1', id: undefined, status: undefined, ...order}, around)

test('all results of all pages, each with its image and code', async () => {
  await tagTimes(world, 'good/app', 500)
  await tagTimes(world, 'good/web', 600)
  await world.push('bad/app', [{name: 'two', tags: ['v1']}])
  await world.replicateTo([prod])
  await allowOnly(world, 'good/*')
  await start(around, {waitMs: hour})
  world.sandbox.clearRequests()
  const run = await results()
  expect(run.results).toHaveLength(1101)
  expect(run.results.filter(({status}) => status === 'failed')).toMatchObject([
    {repository: 'bad/app', tag: 'v1', failureCode: 'AccessDenied'},
  ])
  expect(run.exitCode).toBe(4)
  const pages = world.sandbox.requests.filter(
    ({operation}) => operation === 'DescribeReplicationBackfillResults',
  )
  expect(pages).toHaveLength(2)

  const failed = await results({status: 'failed'})
  expect(failed.results.map(({repository}) => repository)).toEqual(['bad/app'])
  expect([failed.warnings, failed.exitCode]).toEqual([[], 4])
  const complete = await results({status: 'complete'})
  expect(complete.results).toHaveLength(1100)
  expect(complete.exitCode).toBe(4)

  // A page that is denied is no end of the list.
  const operation = 'DescribeReplicationBackfillResults'
  const exception = 'AccessDeniedException'
  world.sandbox.setFaults([{kind: 'exception', exception, operation, at: 2, times: 100}])
  await expect(results()).rejects.toMatchObject({exitCode: 5})
})

test('everything replicated is success', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.replicateTo([prod])
  await start(around, {waitMs: hour})
  await expect(results()).resolves.toMatchObject({exitCode: 0, results: [{status: 'complete'}], warnings: []})
})

test('an image without a part of its index is no success, whatever its status', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.replicateTo([prod])
  const {backfill} = await start(around, {waitMs: hour})
  const [done] = (await results()).results
  const sandboxUrl = await startScanFront(world.sandbox.url, operation =>
    operation === 'DescribeReplicationBackfillResults'
      ? {
          registryId: dev.account,
          replicationBackfillId: backfill?.id,
          destination: {region: prod.region, registryId: prod.account},
          status: 'COMPLETE',
          startedAt: 1_700_000_000,
          progress: {totalReplicationCount: 1, completedReplicationCount: 1, failedReplicationCount: 0},
          results: [
            {
              repositoryName: 'app',
              imageId: {imageDigest: done?.digest, imageTag: 'v1'},
              status: 'COMPLETE',
              subImageFailureCodes: ['AccessDenied'],
            },
          ],
        }
      : undefined,
  )
  around = {...around, aws: {...around.aws, sandboxUrl}}
  await expect(results({id: backfill?.id})).resolves.toMatchObject({exitCode: 4})
})

test('there are none before the end', async () => {
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.replicateTo([prod])
  await start(around)
  await expect(results()).rejects.toMatchObject({code: 'BACKFILL_UNDER_WAY', exitCode: 8})
})
