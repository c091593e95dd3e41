import {expect, test} from 'vitest'
import {InterruptedError} from '../../../src/lib/cli/interruption.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {endsOf, expectHonest} from './apply-faults.ts'
import {openScene} from './apply-scene.ts'
import {apply, outcomeOf, savedPlan} from './apply-support.ts'

/** Applies a saved plan that is stopped at its n-th request. */
async function applyStopped(n: number) {
  const stop = new AbortController()
  let isUnderWay = false
  const {world, estate, state} = await openScene({
    onRequest({index}) {
      if (isUnderWay && index === n) stop.abort(new InterruptedError('SIGINT'))
    },
  })
  const plan = await savedPlan(world, estate)
  isUnderWay = true
  const outcome = await outcomeOf(apply(world, estate, {plan}, {aws: {...world.aws, signal: stop.signal}}))
  isUnderWay = false
  return {world, estate, plan, outcome, requests: world.operations().length, now: await state()}
}

test('stopped at any time, an apply says what is done and what is not, ends its record, and the next one goes on from there', async () => {
  const {before, after} = await endsOf()
  const {requests} = await applyStopped(0)
  expect(requests).toBeGreaterThan(60)
  const told = new Set<string>()
  for (let n = 1; n <= requests; n += 20) {
    const {world, estate, outcome, now} = await applyStopped(n)
    expect(outcome.exitCode).toBe(130)
    await expectHonest(outcome, before, now, after)
    const items = outcome instanceof GantryError ? [] : outcome.items
    for (const item of items) told.add(item.outcome)
    expect(await apply(world, estate)).toMatchObject({exitCode: 0})
  }
  expect(told).toEqual(new Set(['applied', 'interrupted']))
})
