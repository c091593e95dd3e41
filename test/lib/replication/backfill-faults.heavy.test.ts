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

/** `whole`: it was started and is complete; `told`: an error, or a warning beside what was started, says what is wrong. */
function endOf(run: BackfillRun | GantryError, begun: readonly (string | undefined)[]): string {
  if (run instanceof GantryError) return 'told'
  const {backfill, exitCode, warnings} = run
  if (begun.length !== 1 || begun[0] !== backfill?.id) return `${begun.length} were started`
  if (exitCode === 0) return backfill?.status === 'complete' ? 'whole' : 'a success that is none'
  return warnings.length > 0 ? 'told' : `exit code ${exitCode} without a word`
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
      expect(begun.length, `request ${at}`).toBeLessThanOrEqual(1)
      expect(mayEnd(fault) ? ['whole', 'told'] : ['whole'], `request ${at}`).toContain(endOf(run, begun))
      // One that was started, and of which nobody was told, ends too.
      await world.sandbox.advanceClock(hour)
    }
  },
)
