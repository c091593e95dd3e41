import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import type {FaultKind} from '../../../src/lib/sandbox/index.ts'
import {expectImage} from '../../support/completeness.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const image = await buildImage({layers: [{'bin/app': 'new'}], platforms, attestation: true, sbom: true})
const old = await buildImage({layers: [{'bin/app': 'old'}]})

const kinds: readonly FaultKind[] = [
  'reset-before',
  'reset-after',
  '500',
  '503',
  '429',
  'throttling',
  'cut',
  'expired-token',
]
/** Runs at a time: most of a run's time is the wait before its retry. */
const lanes = 8

async function startLane(): Promise<World> {
  const world = await startWorld({}, AbortSignal.timeout(600_000))
  await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  return world
}

/** A new repository at the destination, whose tag holds the old image. */
async function makeTarget(world: World, name: string) {
  await world.sandbox.seed({repositories: [{...prod, name}]})
  const target = (await world.open(prodHost)).repository(name)
  await pushImage(target, old, 'v1')
  world.sandbox.clearRequests()
  return target
}

/** Each write that was begun has an outcome, and the last word is what the run said of itself. */
async function expectHonestRecord(file: string | null): Promise<void> {
  const lines = (await readFile(file ?? '', 'utf8')).trimEnd().split('\n')
  const entries = lines.map(line => JSON.parse(line) as {type: string; id?: number; exitCode?: number})
  const idsOf = (type: string) => new Set(entries.filter(entry => entry.type === type).map(({id}) => id))
  expect(idsOf('outcome')).toEqual(idsOf('intent'))
  expect(entries.at(-1)).toMatchObject({type: 'end', exitCode: 0})
}

test('any one request of a promotion fails in any way: the promotion succeeds, complete and tagged', async () => {
  const worlds = await Promise.all(Array.from({length: lanes}, startLane))
  const [first] = worlds
  if (first === undefined) throw new TypeError('there are lanes')
  try {
    await makeTarget(first, 'clean')
    expect(await first.promote(['app:v1'], {as: 'clean'})).toMatchObject({exitCode: 0, traffic: {retries: 0}})
    const positions = first.sandbox.requests.length
    expect(positions).toBeGreaterThan(50)

    const cases = Array.from({length: positions}, (_, n) => kinds.map(kind => ({at: n + 1, kind}))).flat()
    const failures: string[] = []
    const queue = cases.values()
    await Promise.all(
      worlds.map(async world => {
        for (const {at, kind} of queue) {
          const name = `${kind}-${at}`
          const target = await makeTarget(world, name)
          world.sandbox.setFaults([{at, kind}])
          try {
            const result = await world.promote(['app:v1'], {as: name})
            world.sandbox.setFaults([])
            const {operation} = world.sandbox.requests[at - 1] ?? {}
            expect(result, `${kind} at ${at}, ${operation}`).toMatchObject({
              exitCode: 0,
              items: [{outcome: 'promoted'}],
            })
            // An answer without a body cannot be cut; all others are felt.
            const isFelt = kind === 'cut' || result.traffic.retries > 0
            expect(isFelt, 'the fault was felt').toBe(true)
            await expectImage(target, image, 'v1')
            await expectHonestRecord(result.record)
          } catch (error) {
            const {operation} = world.sandbox.requests[at - 1] ?? {}
            failures.push(`${kind} at request ${at}, ${operation}: ${String(error)}`)
          }
        }
      }),
    )
    expect(failures).toEqual([])
  } finally {
    await Promise.all(worlds.map(world => world.close()))
  }
})

test.each([
  'GetCallerIdentity',
  'GetAuthorizationToken',
  'BatchGetImage',
  'layer.download',
  'upload.start',
  'upload.put',
  'PutImage',
])('a %s that is never answered is given up and asked for again', async operation => {
  const world = await startLane()
  try {
    const target = await makeTarget(world, 'target')
    world.sandbox.setFaults([{operation, kind: 'hang'}])
    const signal = AbortSignal.timeout(60_000)
    const timeouts = {connectMs: 500, headersMs: 500, commitMs: 500, stallMs: 500}
    const aws = {env: {}, sandboxUrl: world.sandbox.url, now: Date.now, signal, timeouts}
    const result = await world.promote(['app:v1'], {as: 'target'}, {aws})
    expect(result.exitCode).toBe(0)
    expect(result.traffic.retries).toBeGreaterThan(0)
    await expectImage(target, image, 'v1')
  } finally {
    await world.close()
  }
})
