import {expect, test} from 'vitest'
import type {PlannedChange} from '../../../src/lib/repos/model.ts'
import {devId, prodId} from '../../support/repos-world.ts'
import {everything, openScene} from './apply-scene.ts'
import {identityPolicyWithout, planRepos} from './plan-support.ts'

const nameOf = ({registry, repository, resource, entry, kind}: PlannedChange) =>
  `${kind} ${registry.label}/${repository ?? ''}#${resource}/${entry}`

test('what may not be read is never taken for what is not there, whatever operation that is', async () => {
  const {world, estate} = await openScene({}, everything)
  world.clearRequests()
  const {plan} = await planRepos(world, estate)
  const all = new Set(plan.changes.map(nameOf))
  const reads = [...new Set(world.operations())].filter(operation => !operation.includes('Caller'))
  expect(reads.length).toBeGreaterThan(12)
  for (const operation of reads) {
    const policy = identityPolicyWithout(operation)
    const users = [devId, prodId].map(id => ({id, user: {policy}}))
    await world.sandbox.seed({accounts: users})
    const run = await planRepos(world, estate)
    const {changes, unread} = run.plan
    expect(
      changes.map(nameOf).filter(name => !all.has(name)),
      operation,
    ).toEqual([])
    // Whoever may not try a pull-through cache rule may compare it.
    const isNeeded = operation !== 'ValidatePullThroughCacheRule'
    expect([changes.length < all.size, unread.length > 0, run.exitCode], operation).toEqual(
      isNeeded ? [true, true, 4] : [false, false, 0],
    )
  }
})
