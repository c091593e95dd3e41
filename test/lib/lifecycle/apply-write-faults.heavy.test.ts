import {expect, test} from 'vitest'
import type {Fault} from '../../../src/lib/sandbox/index.ts'
import {kinds} from '../../support/fault-kinds.ts'
import {openLifecycleWorld} from '../../support/lifecycle-world.ts'
import {runCases, startApplyLane} from './apply-faults.ts'
import {afterOf, beforeOf, openScene, parts} from './apply-support.ts'

test('a write that fails in any way leaves the policy before or the planned one, and the next run converges', async () => {
  const lane = await startApplyLane(openLifecycleWorld)
  const {requests} = await lane.run({dialect: 'ecr', injections: []})
  // A look and a write for each of the four, in this order; the third is a deletion, which is answered otherwise when repeated.
  const [put, remove] = [requests - 4, requests - 2]
  const lost = ['reset-after', '500-after', 'hang-after', 'cut-answer', 'empty']
  const cases = [
    ...Object.keys(kinds).map(kind => ({at: put, kind})),
    ...lost.map(kind => ({at: remove, kind})),
  ]
  const failures = await runCases(
    [lane],
    cases.map(injection => ({dialect: 'ecr', injections: [injection]})),
  )
  expect(failures).toEqual([])
})

const forever = Number.MAX_SAFE_INTEGER
const throttled = {code: 'THROTTLED', exitCode: 6}

test.each<[string, Fault, number, readonly (typeof throttled | null)[]]>([
  [
    'all writes',
    {kind: 'throttling', operation: 'PutLifecyclePolicy'},
    4,
    [throttled, throttled, null, throttled],
  ],
  [
    'one repository',
    {kind: 'throttling', repository: 'edge', operation: 'PutLifecyclePolicy'},
    4,
    [null, null, null, throttled],
  ],
])('throttling of %s that outlasts the retries fails for these alone', async (_, fault, exitCode, errors) => {
  const scene = await openScene()
  scene.world.sandbox.setFaults([{...fault, times: forever}])
  expect(await scene.apply({}, {retryForMs: 300})).toMatchObject({
    exitCode,
    items: errors.map(error => ({error})),
  })
  const [before, after] = [beforeOf(), afterOf()]
  expect(await scene.policies()).toEqual(errors.map((error, index) => (error ? before : after)[index]))
  scene.world.sandbox.setFaults([])
  expect(await scene.apply()).toMatchObject({exitCode: 0})
  expect(await scene.policies()).toEqual(after)
})

test('trouble that outlasts the retries for everything ends with 6: before anything was written, and at each write', async () => {
  const scene = await openScene()
  scene.world.sandbox.setFaults([{kind: '503', times: forever, operation: 'DescribeImages'}])
  expect(await scene.apply({}, {retryForMs: 300})).toMatchObject({exitCode: 6})
  scene.world.expectNoMutation()
  const writes = ['PutLifecyclePolicy', 'DeleteLifecyclePolicy']
  scene.world.sandbox.setFaults(writes.map(operation => ({kind: '503', times: forever, operation})))
  const failed = parts.map(() => ({outcome: 'failed', error: {exitCode: 6}}))
  expect(await scene.apply({}, {retryForMs: 300})).toMatchObject({exitCode: 6, items: failed})
  expect(await scene.policies()).toEqual(beforeOf())
})
