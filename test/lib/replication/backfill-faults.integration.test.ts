import {ListReplicationBackfillsCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import type {BackfillRun} from '../../../src/lib/replication/backfill-model.ts'
import {type FaultCase, faultsOf, kinds, mayEnd} from '../../support/fault-kinds.ts'
import {dev, openReplicationWorld, prod, type ReplicationWorld} from '../../support/replication-world.ts'
import {aroundOf, start} from './backfill-support.ts'

const hour = 3_600_000

async function idsOf(world: ReplicationWorld): Promise<readonly (string | undefined)[]> {
  const {backfills = []} = await world
    .clientOf(dev)
    .send(new ListReplicationBackfillsCommand({maxResults: 50}))
  return backfills.map(({replicationBackfillId}) => replicationBackfillId)
}

test.each(Object.keys(kinds))(
  '%s of any request starts one backfill and sees its end, or says what is wrong',
  async kind => {
    const world = await openReplicationWorld()
    await world.push('app', [{name: 'one', tags: ['v1']}])
    await world.replicateTo([prod])
    const around = await aroundOf(world)
    const timeouts = {...defaultTimeouts, headersMs: 150, stallMs: 150}
    const begin = () => start({...around, aws: {...world.aws, timeouts}}, {waitMs: hour})
    world.sandbox.clearRequests()
    expect((await begin()).exitCode).toBe(0)
    const positions = world.sandbox.requests.length
    expect(positions).toBeGreaterThan(7)

    for (let at = 1; at <= positions; at += 1) {
      const fault: FaultCase = {dialect: 'ecr', injections: [{at, kind}]}
      const before = await idsOf(world)
      world.sandbox.setFaults(faultsOf(fault))
      const run: BackfillRun | GantryError = await begin().catch((error: unknown) => {
        if (error instanceof GantryError && error.code !== 'BUG') return error
        throw error
      })
      world.sandbox.setFaults([])
      const begun = (await idsOf(world)).filter(id => !before.includes(id))
      const place = `request ${at}`
      expect(begun.length, place).toBeLessThanOrEqual(1)
      if (run instanceof GantryError) {
        expect(mayEnd(fault), `${place}: ${run.message}`).toBe(true)
      } else {
        expect(begun, place).toEqual([run.backfill?.id])
        const isOver = run.exitCode === 0 && run.backfill?.status === 'complete'
        expect(isOver || (mayEnd(fault) && run.warnings.length > 0), place).toBe(true)
      }
      // One that was started, and of which nobody was told, ends too.
      await world.sandbox.advanceClock(hour)
    }
  },
)
