import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PutRegistryPolicyCommand} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import type {
  BackfillRun,
  BackfillWorld,
  ChangeWorld,
  WatchWorld,
} from '../../../src/lib/replication/backfill-model.ts'
import {type BackfillStartOrder, runBackfillStart} from '../../../src/lib/replication/backfill-start.ts'
import {type BackfillStopOrder, runBackfillStop} from '../../../src/lib/replication/backfill-stop.ts'
import {type BackfillWatchOrder, runBackfillWatch} from '../../../src/lib/replication/backfill-watch.ts'
import {buildAll} from '../../support/lifecycle-world.ts'
import {dev, prod, type ReplicationWorld, repos} from '../../support/replication-world.ts'

export type Around = BackfillWorld & ChangeWorld & WatchWorld

/** Everything that commands on backfills take, in a world; nobody says no. */
export async function aroundOf(world: ReplicationWorld): Promise<Around> {
  const records = await mkdtemp(join(tmpdir(), 'gantry-backfill-'))
  onTestFinished(() => rm(records, {recursive: true, force: true}))
  return {
    estate: parseEstate(repos, 'repos.yaml'),
    aws: world.aws,
    region: undefined,
    records,
    confirm: () => Promise.resolve(true),
    deadlineAfter: () => new AbortController().signal,
    random: () => 0.5,
  }
}

const source = 'dev@eu-west-1'

export function start(around: Around, order: Partial<BackfillStartOrder> = {}): Promise<BackfillRun> {
  const usual = {source, destination: 'prod@us-east-1', dryRun: false, waitMs: undefined, record: undefined}
  return runBackfillStart({...usual, ...order}, around)
}

export function watch(around: Around, order: Partial<BackfillWatchOrder> = {}): Promise<BackfillRun> {
  return runBackfillWatch({source, id: undefined, waitMs: undefined, ...order}, around)
}

export function stop(around: Around, order: Partial<BackfillStopOrder> = {}): Promise<BackfillRun> {
  return runBackfillStop({source, id: undefined, dryRun: false, record: undefined, ...order}, around)
}

/** Pushes an image under so many tags, at once. */
export async function tagTimes(world: ReplicationWorld, name: string, times: number): Promise<void> {
  const tag = Array.from({length: times}, (_, n) => `t${n}`)
  const blobs = buildAll([{name: 'one', pushed: 0}]).flatMap(({blobs: own}) => own)
  const [manifest] = buildAll([{name: 'one', pushed: 0}]).map(each => each.manifest)
  const encoded = blobs.map(blob => Buffer.from(blob).toString('base64'))
  const images = manifest === undefined ? [] : [{tag, manifest}]
  await world.sandbox.seed({repositories: [{...dev, name, blobs: encoded, images}]})
}

/** Lets the source replicate to those repositories of prod that a pattern names. */
export async function allowOnly(world: ReplicationWorld, pattern: string): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: {AWS: `arn:aws:iam::${dev.account}:root`},
    Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
    Resource: `arn:aws:ecr:${prod.region}:${prod.account}:repository/${pattern}`,
  }
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
  await world.clientOf(prod).send(new PutRegistryPolicyCommand({policyText}))
}

/** The lines of a record. */
export async function linesOf(file: string | null): Promise<Record<string, unknown>[]> {
  const text = await readFile(file ?? '', 'utf8')
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
}
