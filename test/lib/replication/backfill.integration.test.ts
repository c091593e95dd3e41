import {ListReplicationBackfillsCommand, StartReplicationBackfillCommand} from '@aws-sdk/client-ecr'
import {beforeEach, describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {TransientError} from '../../../src/lib/errors.ts'
import type {BackfillQuestion} from '../../../src/lib/replication/backfill-model.ts'
import {
  dev,
  dr,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  replicationMs,
  repos,
} from '../../support/replication-world.ts'
import {type Around, allowOnly, aroundOf, linesOf, start, stop, tagTimes, watch} from './backfill-support.ts'

let world: ReplicationWorld
let around: Around

beforeEach(async () => {
  world = await openReplicationWorld()
  around = await aroundOf(world)
})

const hour = 3_600_000

function mutations() {
  return world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation)
}

describe('before a backfill is started', () => {
  test('it counts what the rules bring there, by image and tag, and what that costs at most', async () => {
    await world.push('team/app', [
      {name: 'one', tags: ['v1', 'v2']},
      {name: 'two', tags: []},
    ])
    await world.push('team/web', [{name: 'three', tags: ['v1']}])
    await world.push('other', [{name: 'four', tags: ['v1']}])
    await world.replicateTo([prod], ['team/'])
    world.sandbox.clearRequests()
    const {outcome, size, transfer, backfill, record, exitCode} = await start(around, {dryRun: true})
    expect(outcome).toBe('planned')
    expect(size).toMatchObject({images: 3, replications: 4})
    expect(size?.repositories.map(({repository, replications}) => [repository, replications])).toEqual([
      ['team/app', 3],
      ['team/web', 1],
    ])
    expect(size?.bytes).toBe(size?.repositories.reduce((sum, {bytes}) => sum + bytes, 0))
    expect(transfer).toMatchObject({way: 'to-region', from: dev.region, basis: 'default'})
    expect(transfer?.usd).toBeCloseTo(((size?.bytes ?? 0) / 1e9) * (transfer?.usdPerGb ?? 0), 12)
    expect([backfill, record, exitCode]).toEqual([null, null, 0])
    expect(mutations()).toEqual([])
  })

  test('it asks with the size, and starts nothing when nobody agrees', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    world.sandbox.clearRequests()
    const questions: BackfillQuestion[] = []
    const confirm = async (question: BackfillQuestion) => {
      questions.push(question)
      return false
    }
    const {outcome} = await start({...around, confirm})
    expect(outcome).toBe('planned')
    expect(questions).toMatchObject([
      {verb: 'start', size: {replications: 1}, destination: {label: 'prod@us-east-1'}},
    ])
    expect(mutations()).toEqual([])
  })

  test('a destination that no rule leads to is refused, with the rules that would', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([near], ['app'])
    const refusal = start(around)
    await expect(refusal).rejects.toMatchObject({code: 'NOT_IN_RULES', exitCode: 7})
    const hint = await refusal.then(String, (error: {hints: string[]}) => error.hints.join())
    const [, document = ''] = /'(\{.*\})'/.exec(hint) ?? []
    expect(JSON.parse(document)).toEqual({
      rules: [
        {
          destinations: [{region: near.region, registryId: near.account}],
          repositoryFilters: [{filter: 'app', filterType: 'PREFIX_MATCH'}],
        },
        {destinations: [{region: prod.region, registryId: prod.account}]},
      ],
    })
    expect(hint).toContain('replaces all rules')
  })

  test('the source itself, a registry that nobody knows, and one of several are usage errors', async () => {
    await world.replicateTo([prod])
    await expect(start(around, {destination: 'dev@eu-west-1'})).rejects.toMatchObject({code: 'SAME_REGISTRY'})
    await expect(start(around, {destination: 'prod@us-east-2'})).rejects.toMatchObject({
      code: 'UNKNOWN_REGISTRY',
      message: expect.stringContaining('prod@us-east-1'),
    })
    await expect(start(around, {source: 'dev'})).rejects.toMatchObject({
      code: 'WHICH_REGISTRY',
      message: expect.stringContaining('dev@eu-west-1, dev@eu-central-1'),
    })
  })

  test('where nothing replicates there is nothing to start', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod], ['other/'])
    await expect(start(around)).resolves.toMatchObject({outcome: 'nothing', backfill: null, exitCode: 0})
    const {backfills} = await world.clientOf(dev).send(new ListReplicationBackfillsCommand({}))
    expect(backfills).toEqual([])
  })

  test('one to a region that has one under way is refused by the name of that', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const first = await start(around)
    const second = start(around)
    await expect(second).rejects.toMatchObject({code: 'BACKFILL_IN_PROGRESS', exitCode: 7})
    await expect(second).rejects.toThrow(first.backfill?.id)
  })

  test('an eleventh is refused', async () => {
    const regions = [
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
      'eu-west-2',
      'eu-west-3',
      'eu-north-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-northeast-1',
    ].map(region => ({account: dev.account, region}))
    await world.replicateTo([...regions, near])
    await world.push('app', [{name: 'one', tags: ['v1']}])
    for (const {region, account: registryId} of regions)
      await world.clientOf(dev).send(new StartReplicationBackfillCommand({destination: {region, registryId}}))
    await expect(start(around, {destination: 'dev@eu-central-1'})).rejects.toMatchObject({
      code: 'TOO_MANY_BACKFILLS',
      exitCode: 7,
    })
  })
})

describe('a backfill', () => {
  test('is started through the door, with a record of it, and brings what was there', async () => {
    await world.push('app', [{name: 'one', tags: ['v1', 'v2']}])
    await world.replicateTo([prod])
    const {outcome, backfill, record, callers, exitCode} = await start(around, {waitMs: hour})
    expect([outcome, exitCode]).toEqual(['started', 0])
    expect(backfill).toMatchObject({
      status: 'complete',
      progress: {total: 2, completed: 2, failed: 0, failureCodes: []},
    })
    expect(callers.map(({account}) => account)).toEqual([dev.account])
    const lines = await linesOf(record)
    expect(lines.map(({type}) => type)).toEqual(['backfill', 'intent', 'outcome', 'end'])
    expect(lines[1]).toMatchObject({verb: 'start-replication-backfill', to: `${prod.account}/${prod.region}`})
    expect(lines[2]).toMatchObject({result: 'done', backfill: backfill?.id})
    expect(lines[3]).toMatchObject({exitCode: 0})
    const status = await world.status(['dev@eu-west-1/app'])
    expect(status.exitCode).toBe(0)
  })

  test('is started once though the answer is lost on the way', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    world.sandbox.setFaults([{kind: 'reset-after', operation: 'StartReplicationBackfill'}])
    const {backfill} = await start(around)
    const {backfills} = await world.clientOf(dev).send(new ListReplicationBackfillsCommand({}))
    expect(backfills?.map(({replicationBackfillId}) => replicationBackfillId)).toEqual([backfill?.id])
  })

  test('that somebody else starts while one is asked is refused, and the record says so', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const destination = {region: prod.region, registryId: prod.account}
    const confirm = async () => {
      await world.clientOf(dev).send(new StartReplicationBackfillCommand({destination}))
      return true
    }
    const record = `${around.records}/refused.jsonl`
    await expect(start({...around, confirm}, {record})).rejects.toMatchObject({code: 'BACKFILL_IN_PROGRESS'})
    expect((await linesOf(record)).slice(-2)).toMatchObject([
      {result: 'refused', code: 'BACKFILL_IN_PROGRESS'},
      {type: 'end', exitCode: 7},
    ])
  })

  test('that was started is told though the waiting is interrupted', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const interruption = new AbortController()
    const aws = {...world.aws, signal: interruption.signal}
    const onLook = () => interruption.abort(new TransientError('INTERRUPTED', 'Stopped.'))
    const run = await start({...around, aws, onLook}, {waitMs: hour})
    expect(run).toMatchObject({outcome: 'started', backfill: {status: 'preparing'}})
    expect((await linesOf(run.record)).at(-1)).toMatchObject({type: 'end', exitCode: 0})
  })

  test('is nothing that another account may ask for', async () => {
    const estate = parseEstate(repos.replace('prod: {', 'prod: {via: dev, '), 'repos.yaml')
    await expect(watch({...around, estate}, {source: 'prod'})).rejects.toMatchObject({
      code: 'VIA_ANOTHER_ACCOUNT',
      exitCode: 2,
    })
  })

  test('that is denied is an error, and the record says so', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation: 'StartReplicationBackfill'},
    ])
    const record = `${around.records}/denied.jsonl`
    await expect(start(around, {record})).rejects.toMatchObject({exitCode: 5})
    const lines = await linesOf(record)
    expect(lines.slice(-2)).toMatchObject([
      {result: 'failed', code: 'ACCESS_DENIED'},
      {type: 'end', exitCode: 5},
    ])
  })

  test('of which some fail is complete, and no success', async () => {
    await world.push('good/app', [{name: 'one', tags: ['v1']}])
    await world.push('bad/app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await allowOnly(world, 'good/*')
    const {backfill, exitCode} = await start(around, {waitMs: hour})
    expect(backfill).toMatchObject({
      status: 'complete',
      progress: {total: 2, completed: 1, failed: 1, failureCodes: ['AccessDenied']},
    })
    expect(exitCode).toBe(4)
  })

  test('fails as a whole when half of the first hundred fail', async () => {
    await tagTimes(world, 'app', 120)
    await world.replicateTo([prod])
    await allowOnly(world, 'nothing')
    const {backfill, exitCode} = await start(around, {waitMs: hour})
    expect(backfill).toMatchObject({
      status: 'failed',
      failureCode: 'TooManyReplicationFailures',
      progress: {total: 120, completed: 0, failed: 100},
    })
    expect(exitCode).toBe(4)
  })

  test('that cannot be watched was started all the same', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeReplicationBackfillResults',
        times: 100,
      },
    ])
    const {outcome, backfill, warnings, exitCode} = await start(around, {waitMs: hour})
    expect([outcome, backfill?.status, exitCode]).toEqual(['started', 'preparing', 5])
    expect(warnings).toEqual([expect.stringContaining('was started, and cannot be watched')])
  })
})

describe('watching', () => {
  test('finds the one that is under way, and tells how it gets on until it ends', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const {backfill} = await start(around)
    const seen: string[] = []
    const run = await watch({...around, onLook: ({status}) => seen.push(status)})
    expect(run).toMatchObject({
      outcome: 'watched',
      backfill: {id: backfill?.id, status: 'complete'},
      exitCode: 0,
    })
    expect(run.destination.label).toBe('prod@us-east-1')
    expect([...new Set(seen)]).toEqual(['preparing', 'in-progress', 'complete'])
    expect(run.traffic.mutatingRequests).toBe(0)
  })

  test('is undetermined when its time is over before', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await start(around)
    const run = await watch(around, {waitMs: replicationMs / 2})
    expect(run).toMatchObject({backfill: {status: 'preparing', progress: null}, exitCode: 8})
  })

  test('keeps to its time though no answer comes', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await start(around)
    const hung = {
      ...around,
      onLook: () => world.sandbox.setFaults([{kind: 'hang', plane: 'api', times: 1000}]),
      deadlineAfter: () => AbortSignal.timeout(500),
    }
    const known = await watch(hung, {waitMs: hour})
    expect(known).toMatchObject({backfill: {status: 'preparing'}, exitCode: 8})
    await expect(watch(hung, {waitMs: hour})).rejects.toMatchObject({code: 'UNDETERMINED', exitCode: 8})
  })

  test('asks which one is meant when several are under way', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo(everywhere)
    const first = await start(around)
    await start(around, {destination: 'dr'})
    await expect(watch(around)).rejects.toMatchObject({
      code: 'SEVERAL_BACKFILLS',
      message: expect.stringContaining(`${dr.account}/${dr.region}`),
    })
    const id = first.backfill?.id
    await expect(watch(around, {id})).resolves.toMatchObject({backfill: {id, status: 'complete'}})
  })

  test('tells that there is none, or none of that name', async () => {
    await world.replicateTo([prod])
    await expect(watch(around)).rejects.toMatchObject({code: 'NO_BACKFILL', exitCode: 4})
    await expect(watch(around, {id: '6bd5b1b8-31fd-4fd0-94b6-6d3cdde01d1c'})).rejects.toMatchObject({
      code: 'REPLICATION_BACKFILL_NOT_FOUND',
    })
  })

  test('takes no status that it does not know for an end', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await start(around)
    world.sandbox.setFaults([{kind: 'empty', operation: 'DescribeReplicationBackfillResults', times: 100}])
    await expect(watch(around)).rejects.toMatchObject({code: 'MISSING_FIELD'})
  })
})

describe('stopping', () => {
  test('ends one that is under way, and says what it brought', async () => {
    await tagTimes(world, 'app', 250)
    await world.replicateTo([prod])
    await start(around)
    await world.arrive()
    await world.arrive()
    const {outcome, backfill, record, exitCode} = await stop(around)
    expect([outcome, backfill?.status, exitCode]).toEqual(['stopped', 'stopping', 0])
    expect((await linesOf(record))[1]).toMatchObject({
      verb: 'stop-replication-backfill',
      backfill: backfill?.id,
    })
    const ended = await watch(around, {id: backfill?.id})
    expect(ended).toMatchObject({
      backfill: {status: 'stopped', progress: {total: 250, failed: 0}},
      exitCode: 4,
    })
    expect(ended.backfill?.progress?.completed).toBeLessThan(250)
  })

  test('a dry run stops nothing', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await start(around)
    await expect(stop(around, {dryRun: true})).resolves.toMatchObject({outcome: 'planned', record: null})
    await expect(watch(around)).resolves.toMatchObject({backfill: {status: 'complete'}})
  })

  test('one that has ended is refused', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const {backfill} = await start(around, {waitMs: hour})
    await expect(stop(around, {id: backfill?.id})).rejects.toMatchObject({
      code: 'BACKFILL_HAS_ENDED',
      exitCode: 7,
    })
    await expect(stop(around)).rejects.toMatchObject({code: 'NO_BACKFILL'})
  })

  test('one that ends while somebody is asked is left', async () => {
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    await start(around)
    const confirm = async () => {
      await world.sandbox.advanceClock(hour)
      return true
    }
    await expect(stop({...around, confirm})).rejects.toMatchObject({code: 'BACKFILL_HAS_ENDED'})
  })
})
