import {expect, test} from 'vitest'
import {InterruptedError} from '../../../src/lib/cli/interruption.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {afterOf, expectHonest, openScene} from './apply-support.ts'

test('stopped at any request, an apply says what is done and what is not, and the next one goes on from there', async () => {
  let stop = new AbortController()
  let stopAt = 0
  const scene = await openScene(undefined, {
    onRequest({index}) {
      if (index === stopAt) stop.abort(new InterruptedError('SIGINT'))
    },
  })
  const {sandbox, aws} = scene.world
  const applyStopped = async (position: number) => {
    await scene.reset()
    sandbox.clearRequests()
    stop = new AbortController()
    stopAt = position
    const outcome = await scene.apply({}, {aws: {...aws, signal: stop.signal}})
    stopAt = 0
    return {outcome, requests: sandbox.requests.length}
  }
  const {requests} = await applyStopped(0)
  expect(requests).toBeGreaterThan(15)
  const seen = new Set<string>()
  for (let position = 1; position <= requests; position++) {
    const {outcome} = await applyStopped(position)
    expect(outcome.exitCode).toBe(130)
    await expectHonest(outcome, await scene.policies())
    seen.add(
      outcome instanceof GantryError ? outcome.code : outcome.items.map(item => item.outcome).join(' '),
    )
    expect(await scene.apply()).toMatchObject({exitCode: 0})
    expect(await scene.policies()).toEqual(afterOf())
  }
  expect([...seen]).toEqual([
    'INTERRUPTED',
    'interrupted interrupted interrupted interrupted',
    'applied interrupted interrupted interrupted',
    'applied applied interrupted interrupted',
    'applied applied applied interrupted',
  ])
})
