import {CreateRepositoryCommand, PutLifecyclePolicyCommand} from '@aws-sdk/client-ecr'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {runBackfillResults} from '../../../src/lib/replication/backfill-results.ts'
import {runReplicationLint} from '../../../src/lib/replication/lint-run.ts'
import {keepNewest, policyText} from '../../support/lifecycle-world.ts'
import {openReplicationWorld, prod, type ReplicationWorld, repos} from '../../support/replication-world.ts'
import {aroundOf, start, stop, watch} from '../replication/backfill-support.ts'
import {testLeast} from './least.ts'
import type {Scene} from './least-support.ts'

const estate = parseEstate(repos, 'repos.yaml')
const hour = 3_600_000
const succeeded = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

/** An image that replicates to prod. */
async function open(order: 'rules first' | 'image first' = 'rules first'): Promise<ReplicationWorld> {
  const world = await openReplicationWorld()
  if (order === 'rules first') await world.replicateTo([prod])
  await world.push('team/app', [{name: 'arm'}, {name: 'all', tags: ['v1'], lists: ['arm']}])
  if (order === 'image first') await world.replicateTo([prod])
  else await world.arrive()
  return world
}

testLeast('an index that is there', {
  command: 'replicate-status',
  estate,
  holds: ['ecr:BatchGetImage'],
  isDone: succeeded,
  async open() {
    const world = await open()
    return {sandbox: world.sandbox, run: () => world.status(['dev@eu-west-1/team/**'])}
  },
})

testLeast('an image that is not there', {
  command: 'replicate-status',
  estate,
  holds: ['ecr:BatchGetImage', 'ecr:DescribeImageReplicationStatus'],
  // It says why.
  isDone: outcome => 'exitCode' in outcome && outcome.exitCode === 4,
  async open() {
    const world = await open('image first')
    return {sandbox: world.sandbox, run: () => world.status(['dev@eu-west-1/team/**'])}
  },
})

async function lint(prepare: (world: ReplicationWorld) => Promise<unknown>): Promise<Scene> {
  const world = await open()
  await prepare(world)
  const order = {words: ['dev@eu-west-1/**'], accounts: [], failOn: 'error' as const, concurrency: 8}
  const run = () => runReplicationLint(order, {estate, aws: world.aws, region: undefined})
  return {sandbox: world.sandbox, run}
}

testLeast('repositories on both sides', {
  command: 'replicate-lint',
  estate,
  isDone: succeeded,
  open: () =>
    lint(({clientOf}) => clientOf(prod).send(new CreateRepositoryCommand({repositoryName: 'team/other'}))),
})

testLeast('a destination with a lifecycle policy', {
  command: 'replicate-lint',
  estate,
  holds: ['ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetLifecyclePolicy'],
  isDone: succeeded,
  open: () =>
    lint(({clientOf}) =>
      clientOf(prod).send(
        new PutLifecyclePolicyCommand({
          repositoryName: 'team/app',
          lifecyclePolicyText: policyText(keepNewest(50)),
        }),
      ),
    ),
})

testLeast('what was pushed before there was a rule', {
  command: 'backfill start',
  estate,
  isDone: succeeded,
  async open() {
    const world = await open('image first')
    const around = await aroundOf(world)
    return {sandbox: world.sandbox, run: () => start(around)}
  },
})

testLeast('one that is under way', {
  command: 'backfill watch',
  estate,
  isDone: succeeded,
  async open() {
    const world = await open('image first')
    const around = await aroundOf(world)
    await start(around)
    return {sandbox: world.sandbox, run: () => watch(around, {waitMs: hour})}
  },
})

testLeast('one that is under way', {
  command: 'backfill stop',
  estate,
  isDone: succeeded,
  async open() {
    const world = await open('image first')
    const around = await aroundOf(world)
    await start(around)
    return {sandbox: world.sandbox, run: () => stop(around)}
  },
})

testLeast('one that has ended', {
  command: 'backfill results',
  estate,
  isDone: succeeded,
  async open() {
    const world = await open('image first')
    const around = await aroundOf(world)
    await start(around, {waitMs: hour})
    const order = {source: 'dev@eu-west-1', id: undefined, status: undefined}
    return {sandbox: world.sandbox, run: () => runBackfillResults(order, around)}
  },
})
