import {expect, test} from 'vitest'
import type {Estate} from '../../../src/lib/config/estate.ts'
import {everything, nothing, openFull, openSome} from '../../support/repos-everything.ts'
import type {ReposSandbox} from '../../support/repos-world.ts'
import {apply} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

test.each([
  ['made', everything, openSome],
  ['removed', nothing, openFull],
] as const)(
  'what is %s is no failure when every answer to a change is lost once',
  async (_, estate, open) => {
    const mutations = await mutationsOf(estate, open)
    const {world} = await open()
    world.sandbox.setFaults(mutations.map(operation => ({plane: 'api', operation, kind: 'reset-after'})))
    const {items, exitCode} = await apply(world, estate, {}, {retryForMs: 60_000})
    expect(new Set(items.map(({outcome}) => outcome))).toEqual(new Set(['applied']))
    expect(exitCode).toBe(0)
    expect(world.sandbox.faults.map(({seen}) => seen).filter(seen => seen < 2)).toEqual([])
    const {plan} = await planRepos(world, estate)
    expect(plan.changes).toEqual([])
    world.clearRequests()
    expect((await apply(world, estate)).items).toEqual([])
    expect(world.mutations()).toEqual([])
  },
)

/** The operations that change something when an estate is applied and nothing goes wrong. */
async function mutationsOf(estate: Estate, open: () => Promise<{world: ReposSandbox}>): Promise<string[]> {
  const {world} = await open()
  world.clearRequests()
  await apply(world, estate)
  return [...new Set(world.mutations())]
}
